"""Suggestions at the database while they are asked for: replies become annotations of the model's robot."""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qftapp.actors.http import reasons
from qftapp.actors.text import storable
from qftapp.labels import annotating
from qftapp.labels.models import Annotation, FailedSuggestion, Suggesting
from qftapp.labels.suggesting.asked import lacking, without_suggestion
from qftapp.labels.suggesting.prompting import Question, question_about, told
from qftapp.labels.suggesting.reading import Known, Unreadable, names_of, read_reply
from qftapp.runs.asking.client import Answer
from qftapp.runs.asking.keeping import Keeper
from qftapp.runs.models import Trace
from qftapp.runs.steps import STEPS_VERSION, split_steps

READ_AT_ONCE = 50
LONGEST_REPLY = 100_000
"""Characters of a reply that are read, or kept where they cannot be read."""

CUT_OFF = "It was cut off: allow it more tokens."


class SuggestionKeeper(Keeper[Question]):
    """The database side of a model that is asked to suggest annotations."""

    LOCKS = 0x535547

    def _works(self) -> QuerySet[Suggesting]:
        return Suggesting.objects.select_related("model__robot", "campaign__taxonomy")

    def _missing(self) -> Iterator[Question]:
        suggesting = self._works().get(pk=self.work_id)
        categories = told(suggesting.campaign.taxonomy)
        wanted = list(lacking(suggesting).order_by("position").values_list("pk", flat=True))
        for start in range(0, len(wanted), READ_AT_ONCE):
            entries = suggesting.campaign.entries.filter(pk__in=wanted[start : start + READ_AT_ONCE])
            for entry in entries.select_related("trace__item_version").order_by("position"):
                yield question_about(entry, categories)

    def _is_answered(self) -> bool:
        suggesting = self._works().get(pk=self.work_id)
        without = without_suggestion(suggesting.campaign, suggesting.model).count()
        return without < suggesting.campaign.entries.count() or suggesting.failed.exclude(reply="").exists()

    def _write(self, came: Sequence[tuple[Question, Answer | str]]) -> None:
        suggesting = self._works().get(pk=self.work_id)
        categories = names_of(suggesting.campaign.taxonomy.categories.all())
        for question, outcome in came:
            try:
                if isinstance(outcome, str):
                    raise Unreadable(outcome)
                _suggest(suggesting, question.trace_id, outcome, categories)
            except Unreadable as fault:
                reply = outcome.text[:LONGEST_REPLY] if isinstance(outcome, Answer) else ""
                FailedSuggestion.objects.update_or_create(
                    suggesting=suggesting,
                    trace_id=question.trace_id,
                    defaults={"reason": storable(str(fault)), "reply": storable(reply)},
                )


@transaction.atomic
def _suggest(suggesting: Suggesting, trace_id: int, answer: Answer, categories: dict[str, int]) -> None:
    """Write a reply as a submitted annotation; raises Unreadable, also where verdict and marks disagree."""
    trace = Trace.objects.select_for_update().get(pk=trace_id)  # two suggestings of one model wait for each other
    robot = suggesting.model.robot
    whose = {"trace": trace, "taxonomy": suggesting.campaign.taxonomy, "annotator": robot}
    kind = Annotation.Kind.SUGGESTED
    if Annotation.objects.filter(**whose, kind=kind).exists():
        return
    if answer.finish_reason == "length":
        raise Unreadable(CUT_OFF)
    state = read_reply(answer.text[-LONGEST_REPLY:], Known(trace.text, split_steps(trace.text), categories))
    made = Annotation.objects.create(campaign=suggesting.campaign, kind=kind, assigned_at=timezone.now(), **whose)
    version, seconds = str(STEPS_VERSION), round(answer.seconds)
    try:
        annotating.give(made.pk, by=robot, revision=0, seconds=seconds, steps_version=version, **state)
    except ValidationError as error:
        raise Unreadable(" ".join(reasons(error))) from error
