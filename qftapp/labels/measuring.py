"""How far the people of a campaign agree: coefficients with intervals, by category, by pair, against gold."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qftapp.actors.models import User
from qftapp.labels import agreement
from qftapp.labels.agreement import MISSING, Coefficient, Estimate, Ratings
from qftapp.labels.judgements import Judgement, Judgements, Pair
from qftapp.labels.models import Annotation, ErrorCategory

VERDICTS = list(Annotation.Verdict)
NEAR = 1
"""Steps that two first errors may lie apart and still count as near."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Ratings, shape (people, units), with the trace of each unit."""

    ratings: Ratings
    traces: NDArray[np.int64]

    def estimate(self, coefficient: Coefficient) -> Estimate:
        """A coefficient of all people."""
        return agreement.estimate(coefficient, self.ratings, self.traces)

    def of_pair(self, first: int, second: int) -> "Rated":
        """The units that these two people both judged."""
        both = self.ratings[[first, second]]
        common = (both != MISSING).all(axis=0)
        return Rated(both[:, common], self.traces[common])


@dataclass(frozen=True, slots=True)
class Measures:
    """What is said of verdicts and steps together; `cohen` alone where there are just two people."""

    verdict_alpha: Estimate
    verdict_fleiss: Estimate
    verdict_cohen: Estimate | None
    step_alpha: Estimate
    step_fleiss: Estimate
    step_cohen: Estimate | None


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close marks are: first errors in the same step or next to each other, steps between them, F1 of marks."""

    same_step: Estimate
    near: Estimate
    distance: Estimate
    span_f1: Estimate


@dataclass(frozen=True, slots=True)
class OfCategory:
    """How far people agree on which steps are wrong in one way; `marked` counts judgements that marked a step so."""

    category: ErrorCategory
    marked: int
    alpha: Estimate
    fleiss: Estimate


@dataclass(frozen=True, slots=True)
class OfPair:
    """How far two people agree, on the traces that both judged."""

    first: User
    second: User
    verdicts: Estimate
    steps: Estimate
    closeness: Closeness


@dataclass(frozen=True, slots=True)
class AgainstGold:
    """How often a person says of gold traces what was adjudicated."""

    person: User
    same_verdict: Estimate
    closeness: Closeness


@dataclass(frozen=True, slots=True)
class AgainstPeople:
    """How far a language model agrees with people, over all pairs of it and a person who judged one trace.

    Without a model it is people among themselves, which is as much as a model could reach.
    """

    model: User | None
    verdicts: Estimate
    same_verdict: Estimate
    closeness: Closeness


@dataclass(frozen=True, slots=True)
class Report:
    """All that is measured of a campaign."""

    traces: int
    annotations: int
    people: list[User]
    measures: Measures
    closeness: Closeness
    categories: list[OfCategory]
    pairs: list[OfPair]
    gold: list[AgainstGold]
    models: list[AgainstPeople]


def measure(judgements: Judgements) -> Report:
    """Measure everything; the same annotations give the same numbers."""
    verdicts, steps = rated_verdicts(judgements), rated_steps(judgements)
    return Report(
        traces=len(judgements.by_trace),
        annotations=sum(map(len, judgements.by_trace.values())),
        people=judgements.people,
        measures=_measures(verdicts, steps),
        closeness=closeness(judgements, judgements.pairs),
        categories=_by_category(judgements, steps),
        pairs=_by_pair(judgements, verdicts, steps),
        gold=_against_gold(judgements),
        models=_against_people(judgements),
    )


def rated_verdicts(judgements: Judgements) -> Rated:
    """The verdicts as places in VERDICTS; a unit is a trace."""
    traces = list(judgements.by_trace)
    row = {person.pk: number for number, person in enumerate(judgements.people)}
    ratings = np.full((len(row), len(traces)), MISSING, dtype=np.int8)
    for column, trace in enumerate(traces):
        for each in judgements.by_trace[trace]:
            ratings[row[each.person], column] = VERDICTS.index(Annotation.Verdict(each.verdict))
    return Rated(ratings, np.array(traces, dtype=np.int64))


def rated_steps(judgements: Judgements) -> Rated:
    """Whether each step has each category, 0 or 1; the units of a trace stand together, categories within steps.

    Of traces whose steps two people at least judged.
    """
    row = {person.pk: number for number, person in enumerate(judgements.people)}
    blocks, traces = [np.empty((len(row), 0), dtype=np.int8)], [np.empty(0, dtype=np.int64)]
    for trace, judged in judgements.by_trace.items():
        on_steps = [each for each in judged if each.is_on_steps]
        if len(on_steps) < 2:
            continue
        steps = judgements.steps[trace]
        block = np.full((len(row), max(len(steps), 1), len(judgements.categories)), MISSING, dtype=np.int8)
        for each in on_steps:
            block[row[each.person]] = 0
            for step, category in each.cells(steps):
                block[row[each.person], step, category] = 1
        blocks.append(block.reshape(len(row), -1))
        traces.append(np.full(blocks[-1].shape[1], trace))
    return Rated(np.concatenate(blocks, axis=1), np.concatenate(traces))


def _measures(verdicts: Rated, steps: Rated) -> Measures:
    are_two = len(verdicts.ratings) == 2
    return Measures(
        verdicts.estimate(agreement.krippendorff_alpha),
        verdicts.estimate(agreement.fleiss_kappa),
        verdicts.of_pair(0, 1).estimate(agreement.cohen_kappa) if are_two else None,
        steps.estimate(agreement.krippendorff_alpha),
        steps.estimate(agreement.fleiss_kappa),
        steps.of_pair(0, 1).estimate(agreement.cohen_kappa) if are_two else None,
    )


def closeness(judgements: Judgements, pairs: Iterable[Pair]) -> Closeness:
    """Measure how close the marks of some pairs of judgements are, of those in which both judge the steps.

    Where only one saw an error, first errors are neither the same nor near; their distance is that of those that both
    saw. F1 is the mean over pairs in which somebody marked something.
    """
    judged = [pair for pair in pairs if pair[0].is_on_steps and pair[1].is_on_steps]
    apart = [_steps_apart(judgements, pair) for pair in judged]
    both_saw = [(steps, pair) for steps, pair in zip(apart, judged, strict=True) if steps is not None and _saw(pair[0])]
    f1 = [(agreement.span_f1(_spans(first), _spans(second)), first.trace) for first, second in judged]
    marked = [(value, trace) for value, trace in f1 if value is not None]
    traces = [first.trace for first, _ in judged]
    return Closeness(
        agreement.estimate_mean([steps == 0 for steps in apart], traces),
        agreement.estimate_mean([steps is not None and steps <= NEAR for steps in apart], traces),
        agreement.estimate_mean([steps for steps, _ in both_saw], [first.trace for _, (first, _) in both_saw]),
        agreement.estimate_mean([value for value, _ in marked], [trace for _, trace in marked]),
    )


def _steps_apart(judgements: Judgements, pair: Pair) -> int | None:
    steps = judgements.steps[pair[0].trace]
    return agreement.first_error_distance(pair[0].first_error(steps), pair[1].first_error(steps))


def _saw(judgement: Judgement) -> bool:
    return any(mark.is_major for mark in judgement.marks)


def _spans(judgement: Judgement) -> list[agreement.Span]:
    return [mark.span for mark in judgement.marks]


def _by_category(judgements: Judgements, steps: Rated) -> list[OfCategory]:
    found = []
    count = len(judgements.categories)
    for place, category in enumerate(judgements.categories):
        # A unit is a step and a category, the categories of a step standing together.
        rated = Rated(steps.ratings[:, place::count], steps.traces[place::count])
        alpha, fleiss = rated.estimate(agreement.krippendorff_alpha), rated.estimate(agreement.fleiss_kappa)
        found.append(OfCategory(category, int((rated.ratings == 1).sum()), alpha, fleiss))
    return found


def _by_pair(judgements: Judgements, verdicts: Rated, steps: Rated) -> list[OfPair]:
    row = {person.pk: number for number, person in enumerate(judgements.people)}
    by_people: dict[tuple[int, int], list[Pair]] = {}
    for pair in judgements.pairs:
        by_people.setdefault((row[pair[0].person], row[pair[1].person]), []).append(pair)
    return [
        OfPair(
            judgements.people[first],
            judgements.people[second],
            verdicts.of_pair(first, second).estimate(agreement.cohen_kappa),
            steps.of_pair(first, second).estimate(agreement.cohen_kappa),
            closeness(judgements, pairs),
        )
        for (first, second), pairs in sorted(by_people.items())
    ]


def _against_gold(judgements: Judgements) -> list[AgainstGold]:
    found = []
    for person in judgements.people:
        pairs = [(each, judgements.gold[each.trace]) for each in judgements.on_gold if each.person == person.pk]
        if pairs:
            traces = [each.trace for each, _ in pairs]
            same = agreement.estimate_mean([each.verdict == gold.verdict for each, gold in pairs], traces)
            found.append(AgainstGold(person, same, closeness(judgements, pairs)))
    return found


def _against_people(judgements: Judgements) -> list[AgainstPeople]:
    """Each language model against people, and people against one another below; empty where no model was asked."""
    if not judgements.suggested:
        return []
    robots = User.objects.filter(pk__in={each.person for each in judgements.suggested}).order_by("username")
    by_people: dict[int, list[Judgement]] = {}
    for each in judgements.said:
        by_people.setdefault(each.trace, []).append(each)
    found = []
    for robot in robots.select_related("language_model"):
        own = [each for each in judgements.suggested if each.person == robot.pk]
        pairs = [(each, person) for each in own for person in by_people.get(each.trace, [])]
        found.append(_compared(judgements, robot, pairs))
    return [*found, _compared(judgements, None, judgements.pairs)]


def _compared(judgements: Judgements, model: User | None, pairs: list[Pair]) -> AgainstPeople:
    traces = [first.trace for first, _ in pairs]
    places = [[VERDICTS.index(Annotation.Verdict(each.verdict)) for each in pair] for pair in pairs]
    rated = Rated(np.array(places, dtype=np.int8).reshape(-1, 2).T, np.array(traces, dtype=np.int64))
    same = agreement.estimate_mean([first.verdict == second.verdict for first, second in pairs], traces)
    return AgainstPeople(model, rated.estimate(agreement.cohen_kappa), same, closeness(judgements, pairs))
