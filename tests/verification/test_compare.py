"""When an answer equals gold: the modes of equality, the tolerance, the shapes."""

import math
from fractions import Fraction

import pytest

from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import parse
from qftapp.verification.sandbox import Complex, Real
from qftapp.verification.values import UNDECIDED, UNDEFINED, Collection, Scalar, from_wire, is_vague
from tests.verification.builders import constant, contract, symbol


def is_equal(item, gold, answers) -> bool:
    found = compare(item, [from_wire(value) for value in gold], [from_wire(value) for value in answers])
    return found.match is Match.EQUAL


def item(kind="expression", **changes):
    return contract(kind=kind, symbols=[symbol("m"), symbol("g")], **changes)


@pytest.mark.parametrize(
    ("gold", "answer", "expected"),
    [
        (1.0, 1.0 + 9e-7, True),
        (1.0, 1.0 + 2e-6, False),
        (1e-9, 5e-7, False),
        (1e-9, 1e-9 * (1 + 5e-7), True),
        (3e20, 3e20 * (1 + 1e-12), True),
        (1e-7, False, False),
        (1.0, True, False),
        (0.0, False, False),
        (0.0, 1e-12, True),
        (0.0, 1e-6, False),
        (2 + 1j, complex(2, 1 + 1e-9), True),
        (2 + 1j, 2 - 1j, False),
        (2.0, complex(2, 0), True),
        (1, "1", False),
        (1.0, None, False),
        (1.0, math.nan, False),
        (1.0, math.inf, False),
        (1.0, (1.0,), True),
        (1.0, [[1.0]], True),
        (1.0, (1.0, 1.0), False),
    ],
)
def test_scalar_is_compared_relative_to_gold(gold, answer, expected):
    assert is_equal(item(), [gold], [answer]) is expected


def test_one_deviating_point_is_enough_to_refuse():
    found = compare(
        item(), [from_wire(float(n)) for n in range(1, 9)], [from_wire(float(n)) for n in [*range(1, 8), 9]]
    )
    assert (found.match, found.index) == (Match.DIFFERENT, 7)


def test_zero_is_measured_on_the_largest_entry_of_a_vector_but_not_of_a_tuple():
    assert is_equal(item("vector"), [[1e6, 0.0]], [[1e6, 1e-5]])
    assert not is_equal(item("tuple"), [(1e6, 0.0)], [(1e6, 1e-5)])


def test_rounding_beside_large_entries_of_gold_means_zero():
    assert is_equal(item("matrix"), [[[1.0, 1.2e-17], [6e-17, 2.0]]], [[[1.0, 0.0], [0, 2.0]]])
    assert is_equal(item("vector"), [[1e6, -1e-11]], [[1e6, 0]])
    assert is_equal(item("set"), [[2.0, 3e-16]], [[0, 2]])
    assert not is_equal(item("matrix"), [[[1.0, 1e-13], [0.0, 2.0]]], [[[1.0, 0.0], [0.0, 2.0]]])
    assert not is_equal(item("tuple"), [(1.0, 1e-17)], [(1.0, 0.0)])


def test_small_exact_entry_of_gold_is_meant():
    assert not is_equal(item("vector"), [[1, Fraction(1, 10**20)]], [[1, 0]])


@pytest.mark.parametrize("gold", [1.0, True])
def test_answer_that_was_not_found_stays_in_doubt(gold):
    assert compare(item(), [from_wire(gold)], [UNDECIDED]).match is Match.DOUBT


def test_error_bound_across_a_cut_stays_in_doubt():
    above, astride = evaluate(parse("log(-2)", ()), {}), evaluate(parse("log(2*exp(I*pi))", ()), {})
    assert compare(item(), [above], [astride]).match is Match.DOUBT
    assert compare(item(), [astride], [above]).match is Match.DOUBT
    assert not is_vague(above, 128)
    assert is_vague(astride, 128)


@pytest.mark.parametrize(
    ("figures", "gold", "answer", "expected"),
    [
        (3, 0.0123456, 0.0123, True),
        (3, 0.0123456, 0.0124, False),
        (3, 0.0123456, 0.0122, False),
        (2, 999.0, 1000.0, True),
        (4, 137.035999, 137.0, True),
        (5, 137.035999, 137.0, False),
        (3, -2.5e-30, -2.504e-30, True),
    ],
)
def test_significant_figures_admit_half_a_unit_of_the_last(figures, gold, answer, expected):
    rule = {"kind": "significant_figures", "value": figures}
    assert is_equal(item(tolerance=rule), [gold], [answer]) is expected


@pytest.mark.parametrize(
    ("gold", "answer", "expected"),
    [
        (42, 42, True),
        (42, 42.0, True),
        (42, 42.0000001, False),
        (10**15, 10**15 + 1, False),
        (10**15, float(10**15 + 1), False),
        (1 / 3, 0.3333333333333333, True),
        (0.1 + 0.2, 0.3, True),
        (1 / 3, 0.3333333, False),
    ],
)
def test_exact_admits_only_what_rounding_costs(gold, answer, expected):
    assert is_equal(item(tolerance={"kind": "exact"}), [gold], [answer]) is expected


def test_overall_sign_must_be_the_same_at_all_points():
    rule = item(equality="up_to_sign")
    assert is_equal(rule, [1.0, -2.0, 3.0], [-1.0, 2.0, -3.0])
    assert not is_equal(rule, [1.0, -2.0, 3.0], [-1.0, -2.0, 3.0])
    assert not is_equal(item(), [1.0, -2.0, 3.0], [-1.0, 2.0, -3.0])


def test_overall_sign_is_common_to_the_entries_of_a_vector():
    rule = item("vector", equality="up_to_sign")
    assert is_equal(rule, [[1.0, 2.0]], [[-1.0, -2.0]])
    assert not is_equal(rule, [[1.0, 2.0]], [[1.0, -2.0]])


def test_overall_phase_must_be_the_same_at_all_points_and_of_modulus_one():
    rule = item(equality="up_to_phase")
    turn = complex(0.6, 0.8)
    assert is_equal(rule, [1.0, 2j, 3.0], [turn, 2j * turn, 3 * turn])
    assert not is_equal(rule, [1.0, 2j, 3.0], [turn, 2j, 3 * turn])
    assert not is_equal(rule, [1.0, 2j, 3.0], [2 * turn, 4j * turn, 6 * turn])


def test_additive_constant_must_be_the_same_at_all_points():
    rule = item(equality="up_to_constant")
    assert is_equal(rule, [1.0, 4.0, 9.0], [8.5, 11.5, 16.5])
    assert not is_equal(rule, [1.0, 4.0, 9.0], [8.5, 11.5, 16.6])
    assert not is_equal(rule, [1.0, 4.0, 9.0], [2.0, 8.0, 18.0])


def test_order_does_not_matter_as_a_set_but_multiplicity_does():
    rule = item("vector", equality="as_set")
    assert is_equal(rule, [[1, 2, 2]], [[2, 1, 2]])
    assert not is_equal(rule, [[1, 2, 2]], [[1, 1, 2]])
    assert not is_equal(item("vector"), [[1, 2, 2]], [[2, 1, 2]])


def test_set_counts_an_element_once():
    assert is_equal(item("set"), [[1, 2]], [[2, 1, 1]])
    assert not is_equal(item("set"), [[1, 2]], [[1, 2, 3]])
    assert is_equal(item("set"), [[5]], [5])


def test_near_elements_of_a_set_are_paired_as_a_whole():
    rule = item("set", tolerance={"kind": "relative", "value": 0.1})
    assert is_equal(rule, [[1.0, 1.15]], [[1.05, 0.95]])


@pytest.mark.parametrize(
    ("gold", "answer", "expected"),
    [
        ("scalar", " Scalar ", True),
        ("infinity", "infinity", True),
        ("infinity", "Infinity", True),
        ("infinity", math.inf, False),
        ("first order", "First   order", True),
        ("scalar", "vector", False),
        ("1", 1, False),
    ],
)
def test_labels_are_compared_without_case_and_surplus_blanks(gold, answer, expected):
    rule = constant("scalar", "label", labels=["scalar", "vector"])
    assert is_equal(rule, [gold], [answer]) is expected


@pytest.mark.parametrize(
    ("answer", "expected"), [(True, True), (False, False), (1, False), (1.0, False), ("True", False)]
)
def test_truth_value_equals_only_a_truth_value(answer, expected):
    assert is_equal(constant("True", "boolean"), [True], [answer]) is expected


def test_tuple_of_mixed_kinds_is_compared_entry_by_entry():
    gold = (1.5, "Scalar", True)
    assert is_equal(item("tuple"), [gold], [[1.5, "scalar", True]])
    assert not is_equal(item("tuple"), [gold], [[1.5, "scalar", 1]])
    assert not is_equal(item("tuple"), [gold], [[1.5, "scalar"]])


def test_matrix_is_not_its_transpose_and_not_its_flat_list():
    gold = [[1.0, 2.0], [3.0, 4.0]]
    assert is_equal(item("matrix"), [gold], [((1.0, 2.0), (3.0, 4.0))])
    assert not is_equal(item("matrix"), [gold], [[[1.0, 3.0], [2.0, 4.0]]])
    assert not is_equal(item("matrix"), [gold], [[1.0, 2.0, 3.0, 4.0]])


@pytest.mark.parametrize("answer", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [2.0]]])
def test_row_and_column_are_vectors(answer):
    assert is_equal(item("vector"), [[1.0, 2.0]], [answer])


def test_order_of_a_python_set_cannot_answer_an_ordered_question():
    unordered = Collection("set", (Scalar(from_wire(1.0).ball), Scalar(from_wire(2.0).ball)))
    assert compare(item("tuple"), [from_wire((1.0, 2.0))], [unordered]).match is Match.DIFFERENT


def test_undefined_answer_asks_for_precision_before_it_is_refused():
    gold = [from_wire(1.0)]
    assert compare(item(), gold, [UNDEFINED], final=False).match is Match.DOUBT
    assert compare(item(), gold, [UNDEFINED]).match is Match.DIFFERENT


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (math.nan, "the answer is not a number (nan)"),
        (-math.inf, "the answer is infinite"),
        (complex(1, math.inf), "the answer is infinite"),
        ((math.nan,), "the answer is not a number (nan)"),
    ],
)
def test_what_is_no_number_is_named(answer, words):
    assert compare(item(), [from_wire(1.0)], [from_wire(answer)]).reason == words


@pytest.mark.parametrize("offset", [1e22, 1e30])
def test_rounding_of_a_huge_constant_does_not_hide_a_wrong_answer(offset):
    rule = item(equality="up_to_constant")
    gold = [1.0, 4.0, 9.0]
    assert not is_equal(rule, gold, [offset] * 3)
    assert not is_equal(rule, gold, [offset + 3 * value for value in gold])
    assert is_equal(rule, [1e9 + value for value in gold], [1e6 + value for value in gold])


@pytest.mark.parametrize("answer", [Real(3, 0, 2), Complex(Real(3, 0, 2), 0)])
def test_answer_cannot_choose_a_low_precision_to_be_judged_by(answer):
    assert not is_equal(item(tolerance={"kind": "exact"}), [math.pi], [answer])
    assert not is_equal(item(equality="up_to_constant"), [1.0, 2.0], [answer, answer])


def test_column_is_no_row_where_a_matrix_is_asked_for():
    row, column = [[1.0, 2.0]], [[1.0], [2.0]]
    assert is_equal(item("matrix"), [row], [((1.0, 2.0),)])
    assert not is_equal(item("matrix"), [row], [column])
    assert not is_equal(item("matrix"), [column], [row])


def test_set_of_one_pair_is_not_a_set_of_two_numbers():
    assert is_equal(item("set"), [[(1, 2)]], [[(1, 2)]])
    assert not is_equal(item("set"), [[(1, 2)]], [[(2, 1)]])
    assert not is_equal(item("set"), [[(1, 2)]], [[1, 2]])


def test_thousands_of_elements_are_refused_without_being_matched():
    assert not is_equal(item("set"), [[1, 2, 3]] * 10, [list(range(9000))] * 10)
    assert is_equal(item("set"), [[1, 2]], [[1, 2] * 4000])


@pytest.mark.parametrize("equality", ["value", "up_to_sign", "up_to_phase"])
def test_gold_may_have_another_shape_at_another_point(equality):
    rule = item("tuple", equality=equality)
    gold = [(1.0, 2.0), (3.0,), ("none", 2.0)]
    assert is_equal(rule, gold, gold)
    assert not is_equal(rule, gold, [(1.0, 2.0), (3.0,), ("none", 4.0)])


def test_gold_of_several_shapes_has_no_additive_constant():
    assert not is_equal(item("tuple", equality="up_to_constant"), [(1.0, 2.0), (3.0,)], [(1.0, 2.0), (3.0,)])
