"""`manage.py load_paper`: the tables of arXiv 2604.18936 as reconstructed aggregates, for reports to show."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from qftapp.actors import permissions
from qftapp.actors.models import User
from qftapp.demo.paper import loading


class Command(BaseCommand):
    help = (
        "Load the tables of arXiv 2604.18936 as releases, runs, grades and annotations whose aggregates equal them, "
        "marked as reconstructed. Nothing happens where they are here already; in production only with --anyway."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", metavar="USERNAME", default="farah", help="The engineer who loads them (farah).")
        parser.add_argument("--anyway", action="store_true", help="Also in production.")

    def handle(self, *, by: str, anyway: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION and not anyway:
            raise CommandError("These are no results of anyone's: in production they come only with --anyway.")
        engineer = User.objects.filter(username=by, is_active=True).first()
        if engineer is None or not permissions.can_release(engineer):
            raise CommandError(f"No engineer is called {by}; say who loads them with --by.")
        is_new = loading.load(engineer)
        self.stdout.write("The paper's tables are here." if is_new else "They were here already.")
