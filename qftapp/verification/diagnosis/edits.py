"""All single slips inside an expression: a sign, factor, exponent, function or term changed in one place."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from qftapp.verification import tree
from qftapp.verification.diagnosis.factors import Factor
from qftapp.verification.diagnosis.facts import Facts
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.normal import is_tensorial, product
from qftapp.verification.diagnosis.terms import of_term
from qftapp.verification.diagnosis.wording import size_words
from qftapp.verification.records import record
from qftapp.verification.tree import Call, Constant, Node, Number, Power, Product, Sum

_HALF = Fraction(1, 2)


def _numbered(value: Fraction | int) -> Node:
    return Number(Fraction(value))


MULTIPLIERS: tuple[tuple[Node, Factor], ...] = (
    (_numbered(-1), Factor(turns=2)),
    (_numbered(2), Factor(Fraction(2))),
    (_numbered(_HALF), Factor(_HALF)),
    (_numbered(4), Factor(Fraction(4))),
    (_numbered(Fraction(1, 4)), Factor(Fraction(1, 4))),
    (Constant("i"), Factor(turns=1)),
    (Product((tree.MINUS_ONE, Constant("i"))), Factor(turns=3)),
    (Constant("pi"), Factor(pi_halves=2)),
    (Power(Constant("pi"), tree.MINUS_ONE), Factor(pi_halves=-2)),
    (_numbered(3), Factor(Fraction(3))),
    (_numbered(Fraction(1, 3)), Factor(Fraction(1, 3))),
)

CONFUSED: dict[str, tuple[str, ...]] = {
    "sin": ("cos", "sinh", "tan"),
    "cos": ("sin", "cosh"),
    "tan": ("cot", "tanh", "sin"),
    "cot": ("tan", "coth"),
    "sinh": ("cosh", "sin"),
    "cosh": ("sinh", "cos"),
    "tanh": ("coth", "tan"),
    "coth": ("tanh", "cot"),
    "asin": ("acos", "asinh"),
    "acos": ("asin", "acosh"),
    "atan": ("acot", "atanh"),
    "log": ("log10", "log2"),
    "re": ("im",),
    "im": ("re",),
    "dilogarithm": ("trilogarithm",),
    "bessel_j": ("bessel_y", "bessel_i"),
    "bessel_i": ("bessel_k", "bessel_j"),
    "bessel_k": ("bessel_i", "bessel_y"),
    "bessel_y": ("bessel_j", "bessel_k"),
    "gamma": ("factorial",),
    "factorial": ("gamma",),
    "elliptic_k": ("elliptic_e",),
    "elliptic_e": ("elliptic_k",),
}


Describe = Callable[[bool], Diagnosis]
"""What is wrong if gold was altered (True) or if the answer was (False), for the slip that makes the two the same."""


@record
class Edit:
    """A part of a tree, what stands there instead, and how the whole tree is put together with it."""

    part: Node
    changed: Node
    put: Callable[[Node], Node]
    describe: Describe

    @property
    def altered(self) -> Node:
        """The whole tree with the part changed."""
        return self.put(self.changed)


_Slip = tuple[Node, Describe]
Likely = Callable[[Node], Sequence[tuple[Node, Factor]]]
"""Those of MULTIPLIERS that a part may be off by."""


def edits(facts: Facts, root: Node, likely: Likely) -> Iterator[Edit]:
    """Yield every single slip in a tree, from the outside in.

    Factors of the whole that are symbols or numbers are left out: the ratio of answer and gold has shown them.
    """
    waiting: list[tuple[Node, Callable[[Node], Node]]] = [(root, _itself)]
    calls: list[tuple[Call, Callable[[Node], Node]]] = []
    while waiting:
        part, put = waiting.pop(0)
        for changed, describe in _at(facts, part, likely, part is root):
            yield Edit(part, changed, put, describe)
        if isinstance(part, Call):
            calls.append((part, put))
        inner = tree.children(part)
        for index, node in enumerate(inner):
            if tree.children(node) and not (part is root and _is_plain_factor(part, node)):
                waiting.append((node, partial(_put, put, part, inner, index)))
    # Last, because tan in place of sin is also a cosine too few.
    for call, put in calls:
        for other in CONFUSED.get(call.function, ()):
            yield Edit(call, Call(other, call.arguments), put, partial(_confused, call.function, other))


def _itself(node: Node) -> Node:
    return node


def _put(put: Callable[[Node], Node], node: Node, parts: Sequence[Node], index: int, part: Node) -> Node:
    return put(tree.rebuilt(node, (*parts[:index], part, *parts[index + 1 :])))


def _is_plain_factor(whole: Node, part: Node) -> bool:
    """Whether a part is a factor such as m² or 1/π."""
    return isinstance(whole, Product) and (
        not tree.children(part)
        or (isinstance(part, Power) and not tree.children(part.base) and isinstance(part.exponent, Number))
    )


def _at(facts: Facts, node: Node, likely: Likely, is_root: bool) -> Iterator[_Slip]:
    match node:
        case Sum(terms):
            yield from _in_sum(facts, terms, likely, None if is_root else node)
        case Product(factors):
            yield from _in_product(facts, node, factors, is_root)
        case Power(base, exponent):
            yield from _in_power(facts, base, exponent, likely)
        case Call(function, arguments):
            yield from _in_call(facts, function, arguments, likely)


def _in_sum(facts: Facts, terms: Sequence[Node], likely: Likely, inside: Node | None) -> Iterator[_Slip]:
    for index, term in enumerate(terms):
        before, after = terms[:index], terms[index + 1 :]
        rest = (*before, *after)
        yield rest[0] if len(rest) == 1 else Sum(rest), partial(_dropped_term, facts, term, inside)
        for number, factor in likely(term):
            changed = Sum((*before, Product((number, term)), *after))
            yield changed, partial(_scaled_term, facts, term, inside, factor)


def _where(facts: Facts, inside: Node | None) -> str:
    written = facts.text.write(inside) if inside is not None else ""
    return f" in {written}" if written else ""


def _dropped_term(facts: Facts, term: Node, inside: Node | None, is_gold: bool) -> Diagnosis:
    where = _where(facts, inside)
    if is_gold:
        return of_term(facts, term, None, dropped=True, where=where)
    name = facts.text.write(term)
    words = f"the term {name}{where} is one too many" if name else "there is a term too many"
    return Diagnosis("extra_term", words, facts.latex.write(term))


def _scaled_term(facts: Facts, term: Node, inside: Node | None, factor: Factor, is_gold: bool) -> Diagnosis:
    return of_term(facts, term, factor if is_gold else factor.inverse, where=_where(facts, inside))


def _in_product(facts: Facts, whole: Product, factors: Sequence[Node], is_root: bool) -> Iterator[_Slip]:
    for index, factor in enumerate(factors):
        if isinstance(factor, Number) or (is_root and _is_plain_factor(whole, factor)):
            continue
        before, after = factors[:index], factors[index + 1 :]
        rest = (*before, *after)
        yield rest[0] if len(rest) == 1 else Product(rest), partial(_dropped_factor, facts, factor)
        if _can_be_inverted(factor):
            changed = Product((*before, Power(factor, tree.MINUS_ONE), *after))
            yield changed, partial(_inverted_factor, facts, factor)


def _can_be_inverted(factor: Node) -> bool:
    """Whether a factor can stand upside down; of an exponential rather the exponent has the wrong sign."""
    if isinstance(factor, Call) or (isinstance(factor, Power) and not isinstance(factor.exponent, Number)):
        return False
    return not is_tensorial(factor)


def _named_factor(facts: Facts, factor: Node) -> str:
    name = facts.text.write(factor)
    return f"the factor {name}" if name else "a factor"


def _dropped_factor(facts: Facts, factor: Node, is_gold: bool) -> Diagnosis:
    code, state = ("dropped_factor", "missing") if is_gold else ("extra_factor", "one too many")
    return Diagnosis(code, f"{_named_factor(facts, factor)} is {state}", facts.latex.write(factor))


def _inverted_factor(facts: Facts, factor: Node, _: bool) -> Diagnosis:
    return Diagnosis("inverted_factor", f"{_named_factor(facts, factor)} stands upside down", facts.latex.write(factor))


def _in_power(facts: Facts, base: Node, exponent: Node, likely: Likely) -> Iterator[_Slip]:
    if isinstance(exponent, Number):
        value = exponent.value
        for other in (value + 1, value - 1, -value, 2 * value, value / 2):
            if other not in (0, value):
                yield Power(base, Number(other)), partial(_other_exponent, facts, base, value, other)
    else:
        naming = partial(_exponent_name, facts, base)
        for number, factor in likely(exponent):
            changed = Power(base, Product((number, exponent)))
            yield changed, partial(_scaled_part, facts, exponent, naming, "exponent", factor)
        naming = partial(facts.text.write, base)
        for number, factor in likely(base):
            changed = Power(Product((number, base)), exponent)
            yield changed, partial(_scaled_part, facts, base, naming, "nested_constant", factor)
    if isinstance(base, Sum) and not is_tensorial(base):
        by_terms = Sum(tuple(Power(term, exponent) for term in base.terms))
        yield by_terms, partial(_distributed, facts, "power", base)


def _exponent_name(facts: Facts, base: Node) -> str:
    name = facts.text.write(base)
    return f"the exponent of {name}" if name else "the exponent"


def _other_exponent(facts: Facts, base: Node, value: Fraction, other: Fraction, is_gold: bool) -> Diagnosis:
    wanted, given = (value, other) if is_gold else (other, value)
    words = f"{_exponent_name(facts, base)} is {given} in place of {wanted}".replace("-", "−")
    return Diagnosis("missing_power", words, facts.latex.write(Power(base, Number(wanted))))


def _scaled_part(
    facts: Facts, part: Node, naming: Callable[[], str], code: str, factor: Factor, is_gold: bool
) -> Diagnosis:
    off = factor if is_gold else factor.inverse
    name = naming() or "a part of the expression"
    if off == Factor(turns=2):
        words = f"the sign of {name} is wrong"
    elif off.turns % 2:
        words = f"a factor i is missing or one too many in {name}"
    else:
        words = f"{name} is {size_words(off)}"
    return Diagnosis(code, words, facts.latex.write(part))


def _in_call(facts: Facts, function: str, arguments: Sequence[Node], likely: Likely) -> Iterator[_Slip]:
    call = Call(function, tuple(arguments))
    for index, argument in enumerate(arguments):
        naming = partial(_argument_name, facts, call, index)
        if isinstance(argument, tree.Group):
            continue
        before, after = arguments[:index], arguments[index + 1 :]
        for number, factor in likely(argument):
            changed = Call(function, (*before, Product((number, argument)), *after))
            yield changed, partial(_scaled_part, facts, argument, naming, "nested_constant", factor)
        for power in (Fraction(2), _HALF, Fraction(-1)):
            changed = Call(function, (*before, Power(argument, Number(power)), *after))
            yield changed, partial(_raised_argument, facts, argument, naming, power)
    if len(arguments) == 1 and not is_tensorial(arguments[0]):
        yield from _of_argument(facts, function, arguments[0])


def _argument_name(facts: Facts, call: Call, index: int) -> str:
    which = "the argument" if len(call.arguments) == 1 else f"argument {index + 1}"
    return f"{which} of {facts.text.write(call) or call.function}"


def _confused(function: str, other: str, is_gold: bool) -> Diagnosis:
    right, wrong = (function, other) if is_gold else (other, function)
    return Diagnosis("function", f"{wrong} stands in place of {right}")


def _raised_argument(
    facts: Facts, argument: Node, naming: Callable[[], str], power: Fraction, is_gold: bool
) -> Diagnosis:
    off = power if is_gold else 1 / power
    words = f"{naming()} is raised to the power {off}".replace("-", "−")
    return Diagnosis("exponent", words, facts.latex.write(argument))


def _of_argument(facts: Facts, function: str, argument: Node) -> Iterator[_Slip]:
    """Yield the function left out, and the function taken of each part of its argument."""
    yield argument, partial(_left_out, facts, function, argument)
    distributed = partial(_distributed, facts, function, argument)
    if isinstance(argument, Sum):
        yield Sum(tuple(Call(function, (term,)) for term in argument.terms)), distributed
    if isinstance(argument, Product):
        yield Product(tuple(Call(function, (part,)) for part in argument.factors)), distributed
        first, *rest = argument.factors
        if isinstance(first, Number):
            yield Product((first, Call(function, (product(rest),)))), distributed


def _left_out(facts: Facts, function: str, argument: Node, is_gold: bool) -> Diagnosis:
    state = "missing" if is_gold else "one too many"
    return Diagnosis("function", f"the function {function} is {state}", facts.latex.write(Call(function, (argument,))))


def _distributed(facts: Facts, function: str, argument: Node, is_gold: bool) -> Diagnosis:
    name = facts.text.write(argument) or "its argument"
    where = f"of each part of {name}" if is_gold else f"of {name} as a whole"
    return Diagnosis("distributed", f"the {function} is taken {where}", facts.latex.write(argument))
