"""A run at the database while it is asked: answers become traces."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from qftapp.actors.text import storable
from qftapp.runs.asking.client import Answer
from qftapp.runs.asking.keeping import Keeper
from qftapp.runs.asking.requests import Request, missing
from qftapp.runs.models import FailedRequest, Run, Trace


class RunKeeper(Keeper[Request]):
    """The database side of a run that is being asked."""

    LOCKS = 0x52554E

    def _works(self) -> QuerySet[Run]:
        return Run.objects.select_related("model")

    def _missing(self) -> Iterator[Request]:
        return missing(Run.objects.select_related("prompt").get(pk=self.work_id))

    def _is_answered(self) -> bool:
        return Trace.objects.filter(run=self.work_id).exists()

    @transaction.atomic
    def _write(self, came: Sequence[tuple[Request, Answer | str]]) -> None:
        asked = [(self._ids(request), outcome) for request, outcome in came]
        traces = [
            Trace(
                **ids,
                text=storable(answer.text),
                finish_reason=storable(answer.finish_reason),
                input_tokens=answer.input_tokens,
                output_tokens=answer.output_tokens,
                seconds=answer.seconds,
            )
            for ids, answer in asked
            if isinstance(answer, Answer)
        ]
        failed = [FailedRequest(**ids, reason=storable(reason)) for ids, reason in asked if isinstance(reason, str)]
        Trace.objects.bulk_create(traces, ignore_conflicts=True)
        FailedRequest.objects.bulk_create(failed, ignore_conflicts=True)

    def _ids(self, request: Request) -> dict[str, int]:
        return {"run_id": self.work_id, "item_version_id": request.version_id, "sample_index": request.sample_index}
