"""Which traces a campaign takes: a recipe that is stored and gives the same traces again."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, Window
from django.db.models.functions import MD5, Cast, Coalesce, Concat, RowNumber

from qftapp.items.topics import TOPICS
from qftapp.labels.adjudicating import given
from qftapp.labels.models import Annotation, Taxonomy
from qftapp.runs.models import Run, Trace
from qftapp.runs.queries import current_grade
from qftapp.verification.verdict import Outcome

MOST_TRACES = 20_000
STRATEGIES = {
    "even": "Evenly over models, topics and outcomes",
    "random": "At random",
    "diagnosed": "Wrong with a diagnosis, evenly over its kinds",
    "least_covered": "Topics with the fewest labels first",
    "disagreement": "Most disagreement first",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How traces are chosen. Empty tuples do not restrict; `gold_share` of the size are traces adjudicated before."""

    size: int
    strategy: str = "even"
    runs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    gold_share: float = 0.0
    seed: int = 0

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Recipe":
        """Return the recipe that a campaign keeps."""
        names = [field.name for field in fields(cls) if field.name in value]
        given: dict[str, Any] = {
            name: tuple(value[name]) if isinstance(value[name], list) else value[name] for name in names
        }
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """Return every field as plain JSON."""
        return {name: list(given) if isinstance(given, tuple) else given for name, given in asdict(self).items()}

    def check(self) -> None:
        """Raise ValidationError on what cannot be a recipe."""
        known_runs = set(Run.objects.filter(slug__in=self.runs).values_list("slug", flat=True))
        faults = {
            "size": not 1 <= self.size <= MOST_TRACES and f"Take from 1 to {MOST_TRACES:,} traces.",
            "strategy": self.strategy not in STRATEGIES and "Choose a strategy of the list.",
            "runs": not set(self.runs) <= known_runs and "One of the runs is not there.",
            "topics": not set(self.topics) <= set(TOPICS) and "One of the topics is not there.",
            "outcomes": not set(self.outcomes) <= {each.value for each in Outcome} and "One outcome is unknown.",
            "gold_share": not 0 <= self.gold_share <= 0.5 and "Give a share from 0 to 0.5.",
        }
        if found := {field: fault for field, fault in faults.items() if fault}:
            raise ValidationError(found)


@dataclass(frozen=True, slots=True)
class Choice:
    """A trace of the sample; a gold one has been adjudicated."""

    trace_id: int
    is_gold: bool


def candidates(recipe: Recipe) -> QuerySet[Trace]:
    """Return the traces among which a recipe chooses: with text, not reconstructed, and let through by its filters."""
    current = current_grade()
    some = Trace.objects.filter(characters__gt=0).exclude(run__origin=Run.Origin.RECONSTRUCTED)
    found = some.annotate(
        outcome=Coalesce(Subquery(current.values("outcome")[:1]), Value("")),
        diagnosis=Coalesce(Subquery(current.values("diagnosis")[:1]), Value("")),
    )
    if recipe.runs:
        found = found.filter(run__slug__in=recipe.runs)
    if recipe.topics:
        found = found.filter(item_version__item__topic__in=recipe.topics)
    if recipe.outcomes:
        found = found.filter(outcome__in=recipe.outcomes)
    return found.exclude(diagnosis="") if recipe.strategy == "diagnosed" else found


def sample(recipe: Recipe, taxonomy: Taxonomy) -> list[Choice]:
    """Return the traces of a recipe in the order of the queue; the same recipe gives the same ones as long as no more
    traces come. There may be fewer than it asks for.
    """
    recipe.check()
    adjudicated = Annotation.objects.filter(
        taxonomy=taxonomy, kind=Annotation.Kind.ADJUDICATED, submitted_at__isnull=False, skip=""
    ).values("trace")
    gold_size = round(recipe.size * recipe.gold_share)
    gold = list(_shuffled(candidates(recipe).filter(pk__in=adjudicated), recipe)[:gold_size])
    rest = _ranked(candidates(recipe).exclude(pk__in=adjudicated), recipe)
    ordinary = list(rest.values_list("pk", flat=True)[: recipe.size - len(gold)])
    return _mixed(ordinary, gold)


def _hash(recipe: Recipe) -> MD5:
    """A number for each trace that only the seed decides, so that the order is random and can be had again."""
    return MD5(Concat(Value(f"{recipe.seed}:"), Cast("pk", CharField()), output_field=CharField()))


def _shuffled(traces: QuerySet[Trace], recipe: Recipe) -> QuerySet[Trace, int]:
    return traces.order_by(_hash(recipe), "pk").values_list("pk", flat=True)


def _ranked(traces: QuerySet[Trace], recipe: Recipe) -> QuerySet[Trace]:
    """The traces, those to take first in front: one of each stratum, then the second of each, and so on."""
    topic = F("item_version__item__topic")
    strata = {
        "even": [F("run__model"), topic, F("outcome")],
        "diagnosed": [F("diagnosis")],
        "least_covered": [topic],
    }
    if recipe.strategy == "disagreement":
        return traces.annotate(apart=_verdicts()).filter(apart__gt=1).order_by("-apart", _hash(recipe), "pk")
    if recipe.strategy not in strata:
        return traces.order_by(_hash(recipe), "pk")
    turn = Window(RowNumber(), partition_by=strata[recipe.strategy], order_by=[_hash(recipe).asc(), F("pk").asc()])
    if recipe.strategy == "least_covered":
        return traces.annotate(turn=turn + _labels_of_topic()).order_by("turn", _hash(recipe), "pk")
    return traces.annotate(turn=turn).order_by("turn", _hash(recipe), "pk")


def _verdicts() -> Subquery:
    """How many different verdicts people gave a trace."""
    counted = (
        given(Annotation.objects.filter(trace=OuterRef("pk")))
        .order_by()
        .values("trace")
        .annotate(count=Count("verdict", distinct=True))
    )
    return Subquery(counted.values("count"), output_field=IntegerField())


def _labels_of_topic() -> Coalesce:
    """How many annotations of people the traces of a trace's topic have."""
    topic = "trace__item_version__item__topic"
    of_topic = given(Annotation.objects.filter(**{topic: OuterRef("item_version__item__topic")}))
    counted = of_topic.order_by().values(topic).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0, output_field=IntegerField())


def _mixed(ordinary: list[int], gold: list[int]) -> list[Choice]:
    """Gold traces spread evenly among the others, one early on."""
    choices = [Choice(trace, False) for trace in ordinary]
    gap = (len(ordinary) + len(gold)) / max(len(gold), 1)
    for number, trace in enumerate(gold):
        choices.insert(min(int(gap * (number + 0.5)), len(choices)), Choice(trace, True))
    return choices
