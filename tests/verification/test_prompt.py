"""What a solver is told: everything that fixes the form of the answer, nothing that gives it away."""

from qftapp.verification.conventions import FIELDS, Conventions, sentence
from qftapp.verification.prompt import requirements
from tests.verification.builders import constant, contract, expression, symbol


def test_sentence_joins_the_stated_conventions():
    stated = Conventions(metric="mostly_minus", units="natural")
    assert sentence(stated) == "Use the metric signature (+,−,−,−) and natural units ħ = c = 1."


def test_sentence_carries_the_free_text_after_the_structured_fields():
    stated = Conventions(metric="mostly_plus", other="e denotes the positron charge")
    assert sentence(stated) == "Use the metric signature (−,+,+,+); e denotes the positron charge."
    assert sentence(Conventions(other="Take e > 0.")) == "Take e > 0."


def test_sentence_is_empty_when_nothing_is_stated():
    assert sentence(Conventions()) == ""


def test_every_choice_of_every_field_reads_as_a_clause():
    for field in FIELDS:
        for choice in field.choices:
            assert sentence(Conventions(**{field.code: choice.code})) == f"Use {choice.clause}."


def test_requirements_name_function_arguments_units_and_precision():
    told = requirements(
        contract(
            symbols=[symbol("m", "positive", latex="m_\\phi", unit="GeV", meaning="pole mass"), symbol("g", low=1)]
        )
    )
    assert "def width(m, g):" in told
    assert "- `m` ($m_\\phi$): pole mass, in GeV, a positive number" in told
    assert "- `g`: a real number, at least 1" in told
    assert "relative accuracy of 1e-6" in told


def test_requirements_list_the_labels():
    told = requirements(constant("stable", "label", labels=["stable", "unstable"]))
    assert "It returns one of these labels as a string: `stable`, `unstable`." in told


def test_requirements_reveal_neither_gold_nor_decoys():
    symbols = [symbol("m", "positive"), symbol("g"), symbol("v", meaning="vev", decoy=True, exclude=[2.5])]
    told = requirements(contract(symbols=symbols))
    same = requirements(contract(symbols=[*symbols[:2], symbol("v", meaning="vev")], gold=expression("g*m*v")))
    assert told == same
    assert "16" not in told
