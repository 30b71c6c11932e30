"""The reconstructed tables of the paper: every figure as it is printed, every row marked, nothing twice."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Avg, Count, F, Q, Value
from django.db.models.functions import Length, Replace

from qftapp.actors.errors import Conflict
from qftapp.demo.paper import dealing
from qftapp.demo.paper.aggregates import Lengths, read
from qftapp.items import queries
from qftapp.items.models import Batch, Item, ItemVersion
from qftapp.labels import sampling
from qftapp.labels.models import Annotation, SpanLabel
from qftapp.runs.grading import actions as grading
from qftapp.runs.models import Grade, Run, Trace
from tests.factories import person

pytestmark = pytest.mark.django_db

PRINTED = 0.05 + 1e-9
"""How far a figure with one place may lie from what it stands for: half of the place, cut off or rounded."""


def of_model_and_set(**counted):
    """What is counted of graded answers, by model and set."""
    rows = Grade.objects.filter(run__release__name__in=("paper-synthetic", "paper-adapted"), is_current=True)
    found = rows.values_list("run__model__slug", "trace__item_version__item__batch__slug").annotate(**counted)
    return {(model.removeprefix("paper-"), batch.removeprefix("paper-")): tuple(rest) for model, batch, *rest in found}


def test_every_average_is_the_papers(paper):
    found = of_model_and_set(right=Count("pk", filter=Q(outcome="correct")), all=Count("pk"))
    printed = {(model, one.slug): percent for one in read().sets for model, percent in one.average.items()}
    printed |= {(model, read().students.set): percent for model, percent in read().students.average.items()}
    assert found.keys() == printed.keys()
    assert [key for key, (right, count) in found.items() if abs(100 * right / count - printed[key]) > PRINTED] == []


def test_every_best_of_five_is_the_papers(paper):
    item = "trace__item_version"
    found = of_model_and_set(
        solved=Count(item, filter=Q(outcome="correct"), distinct=True), all=Count(item, distinct=True)
    )
    printed = {(model, one.slug): percent for one in read().sets for model, percent in one.best.items()}
    assert len(printed) == 8
    for key, percent in printed.items():
        solved, items = found[key]
        assert abs(100 * solved / items - percent) <= PRINTED


@pytest.mark.parametrize("model", ["base", "rl", "sft"])
def test_every_mean_length_is_the_papers(paper, model):
    said = read().lengths[model]
    traces = Trace.objects.filter(run__slug=f"paper-{model}-lengths")
    waits = (F("characters") - Length(Replace("text", Value("Wait."), Value("")))) / Value(5.0)
    outcomes = {"all": Q(), "correct": Q(grades__outcome="correct"), "incorrect": Q(grades__outcome="wrong")}
    for name, wanted in outcomes.items():
        found = traces.filter(wanted).aggregate(tokens=Avg("output_tokens"), backtracks=Avg(waits))
        assert round(found["tokens"]) == said.tokens[name]
        assert abs(found["backtracks"] - said.backtracks[name]) <= PRINTED


@pytest.mark.parametrize("model", ["base", "rl", "sft"])
def test_every_count_of_errors_is_the_papers(paper, model):
    said = read().errors[model]
    marks = SpanLabel.objects.filter(annotation__trace__run__slug=f"paper-{model}-errors", severity="major")
    assert dict(marks.order_by().values_list("category__code").annotate(Count("pk"))) == said.counts
    given = Annotation.objects.filter(trace__run__slug=f"paper-{model}-errors", submitted_at__isnull=False)
    assert given.values("trace").distinct().count() == given.count() == said.responses


def test_marks_quote_what_the_text_says(paper):
    marks = SpanLabel.objects.select_related("annotation__trace", "category")
    assert all(each.annotation.trace.text[each.start : each.end] == each.category.code for each in marks)


def test_stages_stand_with_the_batches(paper):
    found = {batch.slug: dict(batch.report["stages"]) for batch in Batch.objects.all()}
    assert found["paper-easy"] == {"generated": 1452, "passed": 1350, "solved": 1106}
    assert found["paper-arxiv"] == {"generated": 397, "passed": 333}


def test_every_row_says_what_it_is(paper):
    assert not Run.objects.exclude(origin="reconstructed").exists()
    assert not Run.objects.exclude(notes__contains="Reconstructed aggregates, not anyone's traces.").exists()
    assert not Trace.objects.exclude(text__startswith="Reconstructed aggregate of arXiv 2604.18936: no model").exists()
    assert not ItemVersion.objects.exclude(statement__startswith="Placeholder ").exists()


def test_placeholders_are_out_of_circulation(paper):
    assert set(ItemVersion.objects.values_list("state", flat=True)) == {"retired"}
    assert not queries.find({}).exists()
    assert queries.find({"q": "Placeholder"}).count() == Item.objects.count()
    assert queries.find({"source": "paper-2604-18936-tpbench"}).count() == 57
    assert queries.counts_by_state()["retired"] == 0


def test_nobody_is_asked_to_label_or_grade_them(paper):
    assert not sampling.candidates(sampling.Recipe(size=10)).exists()
    with pytest.raises(Conflict, match="no answer to grade"):
        grading.request(Run.objects.order_by("pk")[0].pk, by=person("farah"))


def test_what_is_here_is_not_loaded_again(paper, capsys):
    runs = Run.objects.count()
    call_command("load_paper")
    assert "here already" in capsys.readouterr().out
    assert Run.objects.count() == runs


def test_they_come_only_by_an_engineer_and_not_to_production(settings):
    with pytest.raises(CommandError, match="No engineer is called alice"):
        call_command("load_paper", by=person("alice").username)
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="--anyway"):
        call_command("load_paper")


def test_right_answers_are_dealt_to_as_many_items_as_were_solved():
    dealt = dealing.right_answers(items=80, samples=5, right=161, solved=54)
    assert (sum(dealt), sum(count > 0 for count in dealt), max(dealt)) == (161, 54, 5)
    assert dealing.right_answers(items=4, samples=5, right=0) == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="do not fit"):
        dealing.right_answers(items=2, samples=5, right=11, solved=2)


def test_three_rounded_means_are_reconciled():
    means = {"all": 4.0, "correct": 2.0, "incorrect": 5.0}  # 2·2 + 3·5 is 19, and five times 4 is 20
    assert dealing.totals(Lengths(5, 2, means, means), means) == (4, 15)
    assert sum(dealing.spread(1000, 7)) == 1000
