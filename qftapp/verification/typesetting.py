r"""Writing an expression tree as LaTeX, so that a person sees how an answer was read.

| tree | LaTeX |
|---|---|
| g²·(8π)⁻¹ | `\frac{g^{2}}{8 \pi}` |
| (sin x)² | `\left(\sin\left(x\right)\right)^{2}` |
| a − b | `a - b` |
| the label scalar | `\text{scalar}` |
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from qftapp.verification import derivative_notation, limit_notation, notations, tree
from qftapp.verification.latex.spelling import latex_of
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

LONGEST_FRACTION = 100
"""From this denominator on, a number that was written as a decimal is shown as one."""


class _Binding(IntEnum):
    """How tightly what stands outermost holds together."""

    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


_CONSTANTS = {
    "pi": r"\pi",
    "e": r"\mathrm{e}",
    "i": r"\mathrm{i}",
    "infinity": r"\infty",
    "euler_gamma": r"\gamma_{E}",
    "catalan": "G",
    "golden_ratio": r"\varphi",
    "metric": "g",
    "levi_civita": r"\epsilon",
    "gamma": r"\gamma",
    "sigma": r"\sigma",
    "gamma_5": r"\gamma^{5}",
    "unit_matrix": r"\mathbb{1}",
    "generator": "T",
    "generator_entry": "T",
    "structure": "f",
    "symmetric": "d",
    "doubled": r"\sigma",
    **dict.fromkeys(("adjoint_delta", "fundamental_delta"), r"\delta"),
}
_COMPARISONS = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def typeset(node: Node, contract: "Contract") -> str:
    """Return a tree in LaTeX, the symbols as the contract writes them."""
    symbols = {symbol.name: symbol.latex or latex_of(symbol.name) for symbol in contract.symbols}
    functions = {symbol.name: symbol.arguments for symbol in contract.symbols if symbol.domain.is_function}
    return _Typesetter(symbols, functions).write(node)


class _Typesetter:
    def __init__(self, symbols: Mapping[str, str], functions: Mapping[str, tuple[str, ...]]) -> None:
        self.symbols = symbols
        self.functions = functions

    def write(self, node: Node, least: _Binding = _Binding.SUM) -> str:
        """Return a tree, in brackets if it holds together less than it must."""
        text, binding = self._written(node)
        return text if binding >= least else rf"\left({text}\right)"

    def _written(self, node: Node) -> tuple[str, _Binding]:
        match node:
            case tree.Sum(terms):
                return self._sum(terms), _Binding.SUM
            case tree.Number() | tree.Product() | tree.Power():
                return self._product(node)
            case tree.Constant(name):
                return _CONSTANTS.get(name, rf"\mathrm{{{name}}}"), _Binding.ATOM
            case tree.Variable(name, index):
                return self._variable(name, index)
            case tree.Call(function, arguments):
                return self._call(function, arguments)
            case tree.Matrix(name):
                return self.symbols.get(name) or latex_of(name), _Binding.ATOM
            case tree.Applied(name, arguments, _):
                written = [self.write(argument) for argument in arguments]
                text = derivative_notation.applied(node, written, self.symbols, self.functions.get(name, ()))
                return text, _Binding.PRODUCT if text.startswith(r"\partial") else _Binding.ATOM
            case tree.Derivative(body, by, index):
                inside = self.write(body, _Binding.ATOM)
                return derivative_notation.derivative(inside, self.symbols.get(by) or by, index), _Binding.PRODUCT
            case tree.Unit(name):
                return rf"\mathrm{{{name}}}", _Binding.ATOM
            case tree.Indexed(tensor, indices):
                marks = (f"{{}}{'^' if i.is_upper else '_'}{{{latex_of(i.letter)}}}" for i in indices)
                return self.write(tensor, _Binding.ATOM) + "".join(marks), _Binding.POWER
            case tree.Integral(variable, low, high, integrand):
                bounds = rf"\int_{{{self.write(low)}}}^{{{self.write(high)}}}"
                inside = self.write(integrand, _Binding.PRODUCT)
                return rf"{bounds} {inside} \,\mathrm{{d}} {latex_of(variable)}", _Binding.SUM
            case tree.Series(variable, low, high, term, is_product):
                sign = r"\prod" if is_product else r"\sum"
                bounds = rf"{sign}_{{{latex_of(variable)}={self.write(low)}}}^{{{self.write(high)}}}"
                return f"{bounds} {self.write(term, _Binding.PRODUCT)}", _Binding.SUM
            case tree.Group(form, items):
                return self._group(form, items), _Binding.ATOM
            case tree.Text(value):
                return _quoted(value), _Binding.ATOM
            case tree.Truth(value):
                return rf"\text{{{value}}}", _Binding.ATOM
            case tree.Choice(condition, yes, no):
                rows = rf"{self.write(yes)} & {self.write(condition)} \\ {self.write(no)} & \text{{otherwise}}"
                return rf"\begin{{cases}} {rows} \end{{cases}}", _Binding.SUM
            case tree.Comparison(operators, operands):
                parts = [self.write(operand) for operand in operands]
                rest = (f"{_COMPARISONS.get(o, o)} {p}" for o, p in zip(operators, parts[1:], strict=True))
                return " ".join((parts[0], *rest)), _Binding.SUM
            case tree.Logic("not", (operand,)):
                return rf"\lnot {self.write(operand, _Binding.ATOM)}", _Binding.PRODUCT
            case tree.Logic(operator, operands):
                return rf" \{'land' if operator == 'and' else 'lor'} ".join(map(self.write, operands)), _Binding.SUM

    def _variable(self, name: str, index: int | None) -> tuple[str, _Binding]:
        text = self.symbols.get(name) or latex_of(name)
        if index is None:
            return text, _Binding.ATOM
        component = r"\mu=2" if index == 2 else str(index)  # p^2 is the square
        return f"{text}^{{{component}}}", _Binding.POWER

    def _sum(self, terms: Sequence[Node]) -> str:
        text = self.write(terms[0], _Binding.PRODUCT)
        for term in terms[1:]:
            written = self.write(term, _Binding.PRODUCT)
            text += f" - {written[1:].lstrip()}" if written.startswith("-") else f" + {written}"
        return text

    def _product(self, node: Node) -> tuple[str, _Binding]:
        """Return a product as a fraction where some of its powers are negative, the sign in front of it."""
        above: list[Node] = []
        below: list[Node] = []
        number = Fraction(1)
        for factor in _factors(node):
            match factor:
                case tree.Number(value):
                    number *= value
                case tree.Power(base, tree.Number(value)) if value < 0:
                    below.append(base if value == -1 else tree.Power(base, tree.Number(-value)))
                case _:
                    above.append(factor)
        sign = "-" if number < 0 else ""
        if len(above) == 1 and not below and abs(number) == 1:
            text, binding = self._power(above[0])
            needs = bool(sign) and binding < _Binding.PRODUCT
            return sign + (rf"\left({text}\right)" if needs else text), min(
                binding, _Binding.PRODUCT
            ) if sign else binding
        numerator, denominator = _shown(abs(number))
        top = self._joined(numerator, above)
        if not denominator and not below:
            return sign + top, _Binding.PRODUCT if sign or above else _Binding.ATOM
        return rf"{sign}\frac{{{top}}}{{{self._joined(denominator, below)}}}", _Binding.PRODUCT

    def _joined(self, number: str, factors: Sequence[Node]) -> str:
        if not factors:
            return number or "1"
        if not number and len(factors) == 1:
            return self._power(factors[0])[0]
        parts: list[str] = []
        for factor in factors:
            text, binding = self._power(factor)
            is_first = not parts and not number
            holds = binding >= _Binding.PRODUCT and (is_first or not text.startswith("-"))
            holds = holds and not isinstance(factor, tree.Derivative) and not text.startswith(r"\partial")
            parts.append(text if holds else rf"\left({text}\right)")
        # 2 1/2 would be a mixed number, 2 3^x has two digits side by side.
        is_numeric = parts[0][:1].isdigit() or parts[0].startswith(r"\frac")
        before = rf"{number} \cdot " if is_numeric else f"{number} "
        return (before if number else "") + " ".join(parts)

    def _power(self, node: Node) -> tuple[str, _Binding]:
        if not isinstance(node, tree.Power):
            return self._written(node)
        if node.exponent == tree.HALF:
            return rf"\sqrt{{{self.write(node.base)}}}", _Binding.ATOM
        base = self.write(node.base, _Binding.ATOM)
        if isinstance(node.base, tree.Call) and not base.startswith((r"\left", r"\overline", r"\sqrt")):
            base = rf"\left({base}\right)"
        return f"{base}^{{{self.write(node.exponent)}}}", _Binding.POWER

    def _call(self, function: str, arguments: Sequence[Node]) -> tuple[str, _Binding]:
        if (meant := notations.spelled_out(function, arguments)) is not None:
            return self._written(meant)
        if function == "limit" and (text := self._limit(arguments)):
            return text, _Binding.SUM
        written = [self.write(argument) for argument in arguments]
        match function, written:
            case "sqrt", [inner]:
                return rf"\sqrt{{{inner}}}", _Binding.ATOM
            case "conjugate", [inner]:
                if isinstance(arguments[0], tree.Variable) and arguments[0].index is None:
                    return rf"\overline{{{inner}}}", _Binding.ATOM
                if isinstance(arguments[0], tree.Applied) and inner == self.symbols.get(arguments[0].name):
                    return f"{inner}^{{*}}", _Binding.POWER
                return rf"\left({inner}\right)^{{*}}", _Binding.POWER
            case "adjoint" | "transpose", [_]:
                mark = r"\dagger" if function == "adjoint" else "T"
                return f"{self.write(arguments[0], _Binding.ATOM)}^{{{mark}}}", _Binding.POWER
            case "slash", [inner]:
                return rf"\slashed{{{inner}}}", _Binding.ATOM
            case "binomial", [above, below]:
                return rf"\binom{{{above}}}{{{below}}}", _Binding.ATOM
            case "factorial", [_]:
                return f"{self.write(arguments[0], _Binding.ATOM)}!", _Binding.POWER
            case "dot", [_, _]:
                return r" \cdot ".join(self.write(one, _Binding.ATOM) for one in arguments), _Binding.PRODUCT
            case "rising", [_, count]:
                return rf"\left({written[0]}\right)_{{{count}}}", _Binding.POWER
        return notations.applied(function, written), _Binding.ATOM

    def _limit(self, values: Sequence[Node]) -> str:
        r"""Return \lim or the first terms of an endless sum, "" for what is neither."""
        if (endless := limit_notation.endless(values)) is not None:
            parts, is_product = endless
            sign = r" \cdot " if is_product else " + "
            return sign.join([*(self.write(part, _Binding.PRODUCT) for part in parts), r"\cdots"])
        found = limit_notation.limit(values)
        if found is None:
            return ""
        target = self.write(found.target) + (f"^{{{found.side}}}" if found.side else "")
        return rf"\lim_{{{found.variable} \to {target}}} {self.write(found.term, _Binding.PRODUCT)}"

    def _group(self, form: str, items: Sequence[Node]) -> str:
        rows = [item.items for item in items if isinstance(item, tree.Group)]
        if form == "list" and rows and len(rows) == len(items) and len({len(row) for row in rows}) == 1:
            body = r" \\ ".join(" & ".join(map(self.write, row)) for row in rows)
            return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
        inner = ", ".join(map(self.write, items))
        left, right = {"set": (r"\{", r"\}"), "list": ("[", "]")}.get(form, ("(", ")"))
        return rf"\left{left}{inner}\right{right}"


def _factors(node: Node) -> list[Node]:
    """Return the factors of a product, those of products inside it too: order is kept."""
    if not isinstance(node, tree.Product):
        return [node]
    return [factor for part in node.factors for factor in _factors(part)]


def _shown(number: Fraction) -> tuple[str, str]:
    """Return numerator and denominator of a positive number, "" for one; a long decimal has no denominator."""
    if 0 < number < Fraction(1, 10**50):
        return "0^{+}", ""
    below = number.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if number.denominator >= LONGEST_FRACTION and below == 1:
        return _decimal(number), ""
    above = "" if number.numerator == 1 else str(number.numerator)
    return above, "" if number.denominator == 1 else str(number.denominator)


def _decimal(number: Fraction) -> str:
    mantissa, _, exponent = f"{float(number):.15g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


_SPECIAL = str.maketrans({"#": r"\#", "%": r"\%", "&": r"\&", "_": r"\_", **dict.fromkeys("\\^~{}$", " ")})


def _quoted(text: str) -> str:
    """Return a label as text of a formula; what could be a command is taken out."""
    return rf"\text{{{text.translate(_SPECIAL)}}}"
