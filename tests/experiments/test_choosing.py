"""What recipes take and leave out, and that nothing of a test gets through."""

import pytest

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.recipes import ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.runs.models import Contest, Run
from tests.experiments.exports import (
    DESCRIBED,
    answered,
    export_of,
    files_folder,
    left_out,
    release_of,
    rows_of,
    teacher,
    version,
)
from tests.factories import RunFactory, SourceProblemFactory, person
from tests.labels.desk import taxonomy
from tests.labels.judged import STEPS, TEXT, campaign_of, judge

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


def samples(export) -> list[tuple[str, int]]:
    return [(row["teacher"], row["sample"]) for row in rows_of(export)]


# Supervised fine-tuning


def test_only_right_answers_of_the_train_split_are_taken():
    first, second, held_back = version(0), version(1), version(2)
    run = teacher()
    for each in (first, held_back):
        answered(run, each, "correct", "wrong", "unreadable", "")
    export = export_of(release_of(first, second, test=(held_back,)), SFTRecipe())
    (row,) = rows_of(export)
    assert (row["item"], row["sample"], row["teacher"]) == (first.item.slug, 0, "teacher")
    assert row["completion"] == [
        {"role": "assistant", "content": "<think>Two-body phase space.</think>\n\nIt is $\\boxed{1}$, sample 0."}
    ]
    assert left_out(export) == {"not_correct": 2, "ungraded": 1}


def test_runs_that_evaluate_teach_only_when_they_are_named():
    each = version(0)
    answered(teacher(), each, "correct")
    evaluation = RunFactory(slug="evaluation", purpose="evaluate")
    answered(evaluation, each, "correct", first=5)
    release = release_of(each)
    assert samples(export_of(release, SFTRecipe())) == [("teacher", 0)]
    assert [row["sample"] for row in rows_of(export_of(release, SFTRecipe(runs=("evaluation",))))] == [5]


def test_teachers_are_chosen_by_name():
    each = version(0)
    for slug in ("ann", "bob"):
        answered(teacher(slug), each, "correct", text=f"{slug} %d")
    assert samples(export_of(release_of(each), SFTRecipe(teachers=("bob",)))) == [("bob", 0)]


def test_cap_takes_one_teacher_after_the_other():
    each = version(0)
    answered(teacher("ann"), each, *["correct"] * 5, text="ann %d")
    answered(teacher("bob"), each, "correct", text="bob %d")
    export = export_of(release_of(each), SFTRecipe(per_item=2))
    assert sorted(row["teacher"] for row in rows_of(export)) == ["ann", "bob"]
    assert left_out(export) == {"over_cap": 4}


def test_shortest_come_first_where_they_are_preferred():
    each = version(0)
    run = teacher()
    for sample, text in enumerate(("three words here", "two words", "one")):
        answered(run, each, "correct", text=text, first=sample)
    assert samples(export_of(release_of(each), SFTRecipe(per_item=1, prefer="shortest"))) == [("teacher", 2)]


def test_length_caps_and_cut_off_traces_are_left_out():
    each = version(0)
    run = teacher()
    answered(run, each, "correct", text="short")
    answered(run, each, "correct", text="x" * 100, first=1)
    answered(run, each, "correct", text="cut", first=2, finish_reason="length")
    export = export_of(release_of(each), SFTRecipe(longest=50))
    assert samples(export) == [("teacher", 0)]
    assert left_out(export) == {"too_long": 1, "cut_off": 1}


def test_same_text_but_for_spaces_and_capitals_is_taken_once():
    each = version(0)
    run = teacher()
    for sample, text in enumerate(("The  Answer", "the answer\n", "another")):
        answered(run, each, "correct", text=text, first=sample)
    export = export_of(release_of(each), SFTRecipe())
    assert len(rows_of(export)) == 2
    assert left_out(export) == {"duplicate": 1}


def test_contested_grades_do_not_teach_until_they_stand():
    each = version(0)
    first, second = answered(teacher(), each, "correct", "correct")
    for trace, decision in ((first, ""), (second, "grade_stands")):
        Contest.objects.create(
            grade=trace.grades.get(), by=person("dana"), expected="wrong", reason="It is not.", decision=decision,
            **({"decided_by": person("emil"), "decided_at": trace.created_at} if decision else {}),
        )  # fmt: skip
    export = export_of(release_of(each), SFTRecipe())
    assert samples(export) == [("teacher", 1)]
    assert left_out(export) == {"contested": 1}


def judged_traces(*verdicts: str):
    """A version with a right trace for each verdict; people's, or with an exclamation mark adjudicated."""
    each = version(0)
    campaign = campaign_of(0)
    traces = answered(teacher(), each, *["correct"] * len(verdicts))
    for position, (trace, said) in enumerate(zip(traces, verdicts, strict=True)):
        campaign.entries.create(trace=trace, position=position)
        for number, verdict in enumerate(said.split()):
            kind = "adjudicated" if verdict.endswith("!") else "independent"
            name = "emil" if kind == "adjudicated" else f"reader-{number}"
            judge(campaign, position, name, verdict.strip("!"), kind=kind)
    return release_of(each)


def test_sound_traces_are_those_adjudicated_so_or_that_most_find_sound():
    release = judged_traces("sound", "flawed", "sound flawed", "flawed flawed sound!", "sound sound flawed!", "unsure")
    assert [row["sample"] for row in rows_of(export_of(release, SFTRecipe(soundness="sound", per_item=0)))] == [0, 3]


def test_flawed_traces_alone_are_left_out_where_that_is_asked_for():
    release = judged_traces("sound", "flawed", "sound flawed", "bad_item", "unsure")
    export = export_of(release, SFTRecipe(soundness="not_flawed", per_item=0))
    assert [row["sample"] for row in rows_of(export)] == [0, 2, 4]
    assert left_out(export) == {"flawed": 2}


def test_models_whose_terms_forbid_it_are_left_out_where_nobody_named_them():
    each = version(0)
    answered(teacher("ann"), each, "correct")
    answered(teacher("secret", training_on_outputs=LanguageModel.Terms.FORBIDDEN), each, "correct")
    export = export_of(release_of(each), SFTRecipe())
    assert samples(export) == [("ann", 0)]
    assert left_out(export) == {"terms": 1}


# Reinforcement learning


def test_items_in_the_band_of_pass_rates_are_taken():
    never, some, mostly, always, unasked = (version(place) for place in range(5))
    run = RunFactory(slug="base", purpose="evaluate")
    answered(run, never, "wrong", "wrong")
    answered(run, some, "correct", "wrong", "broken_item")
    answered(run, mostly, *["correct"] * 7, *["wrong"] * 3)
    answered(run, always, "correct", "correct")
    export = export_of(release_of(never, some, mostly, always, unasked), RLRecipe(runs=("base",)))
    assert {row["item"] for row in rows_of(export)} == {some.item.slug, mostly.item.slug}
    assert left_out(export) == {"too_hard": 1, "too_easy": 1, "no_pass_rate": 1}


def test_few_samples_make_no_pass_rate():
    each, other = version(0), version(1)
    run = RunFactory(slug="base")
    answered(run, each, "correct", "wrong")
    answered(run, other, "correct", "wrong", "wrong", "wrong")
    export = export_of(release_of(each, other), RLRecipe(runs=("base",), fewest_samples=4))
    assert [row["item"] for row in rows_of(export)] == [other.item.slug]


def test_topics_and_levels_restrict():
    one = version(0, topic="yukawa", domain_level="graduate", operational_level="easy")
    two = version(1, topic="casimir", domain_level="graduate", operational_level="easy")
    release = release_of(one, two)
    assert [row["item"] for row in rows_of(export_of(release, RLRecipe(topics=("yukawa",))))] == [one.item.slug]
    recipe = RLRecipe(topics=("casimir",), domain_levels=("graduate",), operational_levels=("easy",))
    assert [row["item"] for row in rows_of(export_of(release, recipe))] == [two.item.slug]


# Process labels


def process_rows(*said: tuple, **recipe):
    """The export of one trace about which people say (name, verdict, *marks)."""
    each = version(0)
    campaign = campaign_of(0)
    (trace,) = answered(teacher(), each, "wrong", text=TEXT)
    campaign.entries.create(trace=trace, position=0)
    for name, verdict, *marks in said:
        judge(campaign, 0, name, verdict, *marks, **({"kind": "adjudicated"} if name == "emil" else {}))
    release = release_of(each)
    return export_of(release, ProcessRecipe(taxonomy=taxonomy().slug, **recipe))


def test_steps_are_labelled_up_to_the_first_wrong_one():
    (row,) = rows_of(process_rows(("dana", "flawed", "sign flips", ("width is 2", "factual"))))
    assert (row["steps"], row["labels"]) == (STEPS[:2], [True, False])
    assert row["categories"] == [[], ["mathematical"]]


def test_all_steps_are_labelled_where_that_is_asked_for():
    said = ("dana", "flawed", "sign flips", ("width is 2", "factual", "minor"))
    (row,) = rows_of(process_rows(said, until_first_error=False))
    assert (row["steps"], row["labels"]) == (STEPS, [True, False, True, True])


def test_what_was_adjudicated_counts_before_what_most_say():
    said = [("dana", "flawed", "sign flips"), ("somebody", "flawed", "sign flips"), ("emil", "sound")]
    (row,) = rows_of(process_rows(*said))
    assert row["labels"] == [True] * 4


def test_most_decide_on_a_step():
    said = [("dana", "flawed", "sign flips"), ("somebody", "flawed", "sign flips"), ("another", "sound")]
    (row,) = rows_of(process_rows(*said))
    assert row["labels"] == [True, False]


def test_traces_on_which_people_differ_wait_for_somebody_to_settle_it():
    export = process_rows(("dana", "flawed", "sign flips"), ("somebody", "sound"))
    assert (export.state, export.error) == ("failed", "Nothing is left to train on.")


@pytest.mark.parametrize("verdict", ["unsure", "bad_item"])
def test_verdicts_that_say_nothing_of_steps_are_passed_over(verdict):
    with pytest.raises(Exception, match="No judged trace is there"):
        process_rows(("dana", verdict))


# Nothing of a test gets through


def test_item_that_another_frozen_release_tests_is_left_out_and_named():
    each, other = version(0), version(1)
    release_of(test=(each,), name="older")
    export = export_of(release_of(each, other), RLRecipe(leave_out_near_test=True))
    assert [row["item"] for row in rows_of(export)] == [other.item.slug]
    (pair,) = export.report["pairs"]
    assert (pair["item"], pair["releases"], pair["why"]) == (each.item.slug, ["older"], "item")


def test_item_from_the_source_problem_of_a_test_is_left_out():
    problem = SourceProblemFactory()
    each = version(0, source_problem=problem, origin="adapted")
    sibling = version(1, source_problem=problem, origin="adapted")
    other = version(2)
    release_of(test=(sibling,), name="older")
    export = export_of(release_of(each, other), RLRecipe(leave_out_near_test=True))
    assert [(pair["item"], pair["test_item"], pair["why"]) for pair in export.report["pairs"]] == [
        (each.item.slug, sibling.item.slug, "source_problem")
    ]


def test_near_duplicate_of_a_test_is_left_out_though_its_symbols_have_other_names():
    test, other = version(0), version(1)
    copied = test.statement.replace("sigma", "tau").replace("mathcal A", "mathcal B").replace("$s=", "$x=")
    near = version(2, {"statement": copied}, slug="copied")
    export = export_of(release_of(near, other, test=(test,)), RLRecipe(leave_out_near_test=True))
    assert [row["item"] for row in rows_of(export)] == [other.item.slug]
    assert export.report["pairs"][0]["why"] == "wording"
    assert left_out(export) == {"near_test": 1}


def test_prompt_that_holds_the_answer_is_left_out():
    gold = DESCRIBED[0].contract["gold"]["source"].split("return ")[1].strip()
    leaking, other = version(0, {"statement": f"Determine the sum, which is not `{gold}` by chance."}), version(1)
    export = export_of(release_of(leaking, other), RLRecipe())
    assert [row["item"] for row in rows_of(export)] == [other.item.slug]
    assert left_out(export) == {"answer_in_prompt": 1}


def test_gold_never_stands_in_a_prompt_of_any_kind():
    versions = [version(place) for place, each in enumerate(DESCRIBED) if each.contract["kind"] == "expression"][:12]
    run: Run = teacher()
    for each in versions:
        answered(run, each, "correct")
    release = release_of(*versions)
    for recipe in (RLRecipe(), SFTRecipe()):
        golds = {each.item.slug: each.contract["gold"]["source"].strip() for each in versions}
        rows = rows_of(export_of(release, recipe))
        assert len(rows) == 12
        for row in rows:
            prompt = "".join(message["content"] for message in row["prompt"])
            assert golds[row["item"]] not in prompt
            assert golds[row["item"]].split("return ")[-1].strip() not in prompt
