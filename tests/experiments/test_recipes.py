"""Recipes: read strictly, with every fault at its path; as JSON and back; in words."""

import pytest

from qftapp.experiments.exporting.recipes import ProcessRecipe, RecipeError, RLRecipe, SFTRecipe, read_recipe
from qftapp.experiments.exporting.telling import told
from qftapp.items.topics import TOPICS


def faults(kind: str, data: object) -> dict[str, str]:
    with pytest.raises(RecipeError) as refused:
        read_recipe(kind, data)
    return {problem.path: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(("kind", "recipe"), [("sft", SFTRecipe()), ("rl", RLRecipe()), ("process", ProcessRecipe())])
def test_what_is_not_said_has_its_default(kind, recipe):
    assert read_recipe(kind, {}) == recipe


def test_recipe_survives_json():
    recipe = SFTRecipe(topics=("yukawa",), teachers=("a", "b"), per_item=2, prompt_number=3, soundness="sound")
    assert read_recipe("sft", recipe.to_json()) == recipe


def test_order_and_repeats_in_lists_mean_nothing():
    assert read_recipe("sft", {"runs": ["b", "a", "b"]}) == read_recipe("sft", {"runs": ["a", "b"]})


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        ("sft", {"splits": ["test"]}, "splits.0"),
        ("sft", {"topics": ["yukawa", "astrology"]}, "topics.1"),
        ("sft", {"domain_levels": ["hard"]}, "domain_levels.0"),
        ("sft", {"operational_levels": "easy"}, "operational_levels"),
        ("sft", {"per_item": -1}, "per_item"),
        ("sft", {"per_item": True}, "per_item"),
        ("sft", {"longest": 1.5}, "longest"),
        ("sft", {"prefer": "longest"}, "prefer"),
        ("sft", {"soundness": "yes"}, "soundness"),
        ("sft", {"runs": ["a", ""]}, "runs.1"),
        ("sft", {"leave_out_near_test": 1}, "leave_out_near_test"),
        ("sft", {"prompt_number": "1"}, "prompt_number"),
        ("rl", {"above": 1.5}, "above"),
        ("rl", {"above": 0.7, "at_most": 0.7}, "at_most"),
        ("rl", {"fewest_samples": 0}, "fewest_samples"),
        ("process", {"until_first_error": "no"}, "until_first_error"),
        ("process", {"fewest_people": 0}, "fewest_people"),
        ("rl", {"schema": 2}, "schema"),
        ("rl", {"teachers": ["a"]}, ""),
        ("rl", [], ""),
        ("dpo", {}, "kind"),
    ],
)
def test_fault_stands_at_its_path(kind, data, path):
    assert path in faults(kind, data)


def test_every_fault_is_told_at_once():
    assert faults("rl", {"above": 2, "runs": 3, "topics": ["x"]}).keys() == {"above", "runs", "topics.0"}


def test_recipe_is_told_in_words():
    fermions = [code for code, topic in TOPICS.items() if topic.category.code == "fermions"]
    recipe = RLRecipe(runs=("base",), topics=(*sorted(fermions), "casimir"), prompt_number=1, fewest_samples=4)
    assert told("rl", recipe.to_json()) == (
        "Prompts with their contracts whose pass rate p in base is 0 < p ≤ 0.7, from 4 or more graded samples. "
        "Items of train, on Fermions and spinor structure and The Casimir effect and vacuum energy. Prompt default 1. "
        "Items that give a test entry away would have refused the export."
    )
