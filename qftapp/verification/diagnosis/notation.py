"""Writing the part of a tree that a diagnosis is about, as a line of text or in LaTeX."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.diagnosis.normal import factors, normal
from qftapp.verification.latex.spelling import latex_of
from qftapp.verification.tree import Call, Constant, Node, Number, Power, Product, Sum, Variable
from qftapp.verification.written import written

LENGTH = 120
"""A part that is longer than this is not written out."""

_TEXT = {
    "pi": "π",
    "infinity": "∞",
    "euler_gamma": "γ_E",
    "gamma_5": "γ⁵",
    "unit_matrix": "1",
    "metric": "g",
    "levi_civita": "ε",
    "generator": "T",
    "generator_entry": "T",
    "structure": "f",
    "symmetric": "d",
    "doubled": "σ",
    **dict.fromkeys(("adjoint_delta", "fundamental_delta"), "δ"),
}
_LATEX = {
    "pi": r"\pi",
    "infinity": r"\infty",
    "euler_gamma": r"\gamma_E",
    "gamma_5": r"\gamma^5",
    "unit_matrix": r"\mathbb{1}",
    "metric": "g",
    "levi_civita": r"\epsilon",
    "gamma": r"\gamma",
    "sigma": r"\sigma",
    "generator": "T",
    "generator_entry": "T",
    "structure": "f",
    "symmetric": "d",
    "doubled": r"\sigma",
    **dict.fromkeys(("adjoint_delta", "fundamental_delta"), r"\delta"),
}
_GREEK = {
    **dict(
        zip(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon "
            "phi chi psi omega".split(),
            "αβγδεζηθικλμνξοπρστυφχψω",
            strict=True,
        )
    ),
    **dict(zip("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(), "ΓΔΘΛΞΠΣΥΦΨΩ", strict=True)),
    "hbar": "ħ",
}
_COMMANDS = frozenset("exp log sin cos tan cot sinh cosh tanh coth arg".split())
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Notation:
    """Text, or LaTeX with the symbols written as `symbols` says."""

    is_latex: bool
    symbols: Mapping[str, str] = field(default_factory=dict)

    def write(self, node: Node) -> str:
        """Return a tree in this notation, "" if that is too long to read."""
        written = self._written(normal(node))
        return written if len(written) <= LENGTH else ""

    def name(self, name: str) -> str:
        """Return a symbol."""
        if not self.is_latex:
            return "_".join(_GREEK.get(part, part) for part in name.strip("_").split("_"))
        return self.symbols.get(name) or latex_of(name)

    def _written(self, node: Node) -> str:
        match node:
            case Sum(terms):
                return self._sum(terms)
            case Number() | Product() | Power(_, Number()):
                return self._product(node)
            case Power(base, exponent):
                return self._raised(self._atom(base), self._written(exponent))
            case Constant(name):
                return (_LATEX if self.is_latex else _TEXT).get(name, name)
            case Variable(name, index):
                return self.name(name) if index is None else self._raised(self.name(name), str(index))
            case Call(function, arguments):
                return self._call(function, arguments)
            case tree.Matrix(name):
                return self.name(name)
            case tree.Applied():
                return self._applied(node)
            case tree.Derivative(body, by, index):
                return self._derivative(self._atom(body), by, index)
            case tree.Indexed(tensor, indices):
                return self._indexed(self._atom(tensor), indices)
            case tree.Group(form, items):
                inner = ", ".join(map(self._written, items))
                if form == "set":
                    return rf"\{{{inner}\}}" if self.is_latex else f"{{{inner}}}"
                return f"({inner})"
        return rf"\text{{{written(node)}}}" if self.is_latex else written(node)

    def _sum(self, terms: tuple[Node, ...]) -> str:
        text = ""
        for term in terms:
            written = self._written(term)
            if not text:
                text = written
            elif written[:1] in "-−":
                text += f" {'-' if self.is_latex else '−'} {written[1:]}"
            else:
                text += f" + {written}"
        return text

    def _product(self, node: Node) -> str:
        above: list[str] = []
        below: list[str] = []
        number = Fraction(1)
        alone = ""
        for factor in factors(node):
            match factor:
                case Number(value):
                    number *= value
                case Power(base, Number(value)) if value < 0:
                    below.append(self._power(base, -value))
                    alone = self._written(base) if value == -1 else ""
                case Power(base, Number(value)):
                    above.append(self._power(base, value))
                case Power():
                    above.append(self._written(factor))
                case _:
                    above.append(self._atom(factor))
        if 0 < abs(number) < 10**20 * tree.INFINITESIMAL.value:
            number /= tree.INFINITESIMAL.value
            above.append(r"\epsilon" if self.is_latex else "ε")
        if abs(number.numerator) != 1 or not above:
            above.insert(0, str(abs(number.numerator)))
        if number.denominator != 1:
            below.insert(0, str(number.denominator))
        sign = ("-" if self.is_latex else "−") if number < 0 else ""
        if not below:
            return sign + self._joined(above)
        if self.is_latex:
            under = alone if alone and len(below) == 1 else self._joined(below)
            return rf"{sign}\frac{{{self._joined(above)}}}{{{under}}}"
        under = below[0] if len(below) == 1 else f"({self._joined(below)})"
        return f"{sign}{self._joined(above)}/{under}"

    def _joined(self, parts: list[str]) -> str:
        # Commands end at the next letter only after a blank; names of several letters need one anyway.
        return " ".join(parts) if self.is_latex or any(len(part) > 2 for part in parts) else "".join(parts)

    def _power(self, base: Node, exponent: Fraction) -> str:
        if exponent == Fraction(1, 2):
            inner = self._written(base)
            return rf"\sqrt{{{inner}}}" if self.is_latex else f"√({inner})" if len(inner) > 1 else f"√{inner}"
        return self._atom(base) if exponent == 1 else self._raised(self._atom(base), str(exponent))

    def _raised(self, base: str, exponent: str) -> str:
        if self.is_latex:
            return f"{base}^{{{exponent}}}"
        if exponent.lstrip("-").isdigit():
            return base + exponent.translate(_SUPERSCRIPTS)
        return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^({exponent})"

    def _atom(self, node: Node) -> str:
        written = self._written(node)
        single = Variable | Constant | Call | tree.Indexed | tree.Matrix | tree.Applied | tree.Derivative
        if isinstance(node, single) or (isinstance(node, Number) and node.value >= 0):
            return written
        return rf"\left({written}\right)" if self.is_latex else f"({written})"

    def _call(self, function: str, arguments: tuple[Node, ...]) -> str:
        inner = ", ".join(map(self._written, arguments))
        if function == "heaviside":
            return rf"\theta\left({inner}\right)" if self.is_latex else f"θ({inner})"
        if function == "gamma":
            return rf"\Gamma\left({inner}\right)" if self.is_latex else f"Γ({inner})"
        if function == "abs":
            return rf"\left|{inner}\right|" if self.is_latex else f"|{inner}|"
        if function == "dot":
            return (r" \cdot " if self.is_latex else "·").join(map(self._atom, arguments))
        if function == "slash":
            return rf"\slashed{{{inner}}}" if self.is_latex else f"{inner}-slash"
        if function in ("conjugate", "adjoint", "transpose"):
            mark = {"conjugate": "*", "adjoint": "†", "transpose": "ᵀ"}[function]
            latex = {"conjugate": "*", "adjoint": r"\dagger", "transpose": "T"}[function]
            return f"{self._atom(arguments[0])}^{{{latex}}}" if self.is_latex else self._atom(arguments[0]) + mark
        if not self.is_latex:
            return f"{function}({inner})"
        command = rf"\{function}" if function in _COMMANDS else rf"\operatorname{{{function.replace('_', ' ')}}}"
        return rf"{command}\left({inner}\right)"

    def _applied(self, node: tree.Applied) -> str:
        """Return an unknown function, without its arguments: they are hardly what is wrong."""
        if len(node.arguments) == 1 and all(part < 0 for _, part in node.by):
            return self.name(node.name) + ("'" if self.is_latex else "′") * len(node.by)
        marks = [str(part) if part >= 0 else self._written(node.arguments[place]) for place, part in node.by]
        return "".join(self._mark(mark) for mark in marks) + self.name(node.name)

    def _derivative(self, body: str, by: str, index: tree.Index | None) -> str:
        if index == tree.DALEMBERT:
            return rf"\Box {body}" if self.is_latex else f"□{body}"
        if index == tree.LAPLACE:
            return rf"\nabla^2 {body}" if self.is_latex else f"∇²{body}"
        if index is None:
            return self._mark(self.name(by)) + body
        return self._mark(self.name(index.letter), "^" if index.is_upper else "_") + body

    def _mark(self, by: str, height: str = "_") -> str:
        return rf"\partial{height}{{{by}}} " if self.is_latex else f"∂{height}{by} "

    def _indexed(self, tensor: str, indices: tuple[tree.Index, ...]) -> str:
        text = tensor
        for is_upper, group in itertools.groupby(indices, key=lambda index: index.is_upper):
            mark = "^" if is_upper else "_"
            names = "".join(self.name(index.letter) + " " * self.is_latex for index in group).rstrip()
            # An empty group keeps the order of indices of different height.
            gap = "{}" if text != tensor else ""
            text += f"{gap}{mark}{{{names}}}" if self.is_latex else f"{mark}{names}"
        return text
