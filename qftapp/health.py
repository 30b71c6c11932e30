"""Whether the parts that serve people are up."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

# Workers report every ten seconds.
SILENCE = timedelta(seconds=60)


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """`{"database", "migrations", "worker"}`, each true or false; status 503 unless all are true."""
    parts = {"database": False, "migrations": False, "worker": False}
    try:
        executor = MigrationExecutor(connection)
        parts["database"] = True
        parts["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        parts["worker"] = ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - SILENCE).exists()
    except DatabaseError:
        pass
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
