"""What a letter means with its scripts: a declared symbol, a vector with an index, a tensor, a function, a constant."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import calls, colour, commands, covariant, matrices, powers, unknowns
from qftapp.verification.latex.arithmetic import product
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import folded, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node
from qftapp.verification.written import written

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def read(parser: "Parser", spelled: str, shown: str, under_accent: tuple[str, list[Token]] | None = None) -> Node:
    """Return what a letter, accented or not, means with its scripts."""
    scripts = read_scripts(parser)
    if (node := unknowns.read(parser, spelled, scripts)) is not None:
        return node
    spelled += "'" * scripts.primes
    if (node := declared(parser, spelled, scripts)) is not None:
        return node
    if under_accent and under_accent[0] == "bar" and not scripts.sub and _has_conjugate(parser, under_accent[1]):
        return powers.superscripted(parser, matrices.conjugate(parser.parse(under_accent[1])), scripts)
    if under_accent and (node := _length(parser, under_accent, scripts)) is not None:
        return node
    if spelled == "D" and (node := covariant.read(parser, scripts)) is not None:
        return node
    if (node := colour.read(parser, spelled, scripts)) is not None:
        return node
    if (node := _tensor(parser, folded(spelled), scripts)) is not None:
        return node
    if folded(spelled) == "\\psi " and parser.at("(") and len(scripts.sup) == 3 and scripts.sup[0].text == "(":
        return tree.Call("psi", (parser.parse(scripts.sup[1:2]), *calls.arguments(parser)))
    if (function := commands.LETTER_FUNCTIONS.get(folded(spelled))) and not scripts.sub and _is_applied(parser):
        return calls.applied(parser, function, scripts)
    if spelled in commands.ORDERED_FUNCTIONS and scripts.sub and parser.at("(", "["):
        order = parser.parse(scripts.sub)
        return calls.call(parser, commands.ORDERED_FUNCTIONS[spelled], (order, *calls.arguments(parser)), scripts)
    if spelled in ("O", "\\mathcal O") and parser.at("(") and not scripts.parts:
        calls.arguments(parser)  # what is left out of an expansion
        return tree.ZERO
    if spelled == "\\gamma " and not scripts.parts and parser.at("cdot") and (node := _gamma_dot(parser)) is not None:
        return node
    if (node := _constant(parser, spelled, scripts)) is not None:
        return node
    if (node := _of_many_indices(parser, spelled, scripts)) is not None:
        return node
    if (node := parser.vocabulary.find(_full(spelled, scripts))) is not None:
        return powers.superscripted(parser, node, scripts)
    if spelled == "\\gamma " and not scripts.parts and parser.vocabulary.is_scalar and not parser.at("("):
        return tree.Constant("euler_gamma")  # 2/ε − γ + ln 4π
    raise parser.vocabulary.undeclared(shown + ("_" + key(scripts.sub) if scripts.sub else ""))


def _is_applied(parser: "Parser") -> bool:
    """Whether a bracket follows that holds no matrix: \\theta [\\begin{matrix}…] is a product."""
    return parser.at("(", "[") and parser.peek(1).text != "begin"


def _gamma_dot(parser: "Parser") -> Node | None:
    r"""Read \gamma\cdot p, which is p-slash; leave everything else where it is."""
    start = parser.position
    parser.advance()
    vector = parser.primary()
    if parser.vocabulary.is_vector(vector):
        return tree.Call("slash", (vector,))
    parser.position = start
    return None


def _of_many_indices(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    """Return what carries several indices above and is no tensor known here, F^{μν} or f^{abc}, as one symbol."""
    if len(scripts.indices) < 2 or not scripts.sup or not scripts.are_usual or powers.mean_scalars(parser, scripts):
        return None
    return parser.vocabulary.find(f"{_full(spelled, scripts)}^{key(scripts.sup)}")


def _has_conjugate(parser: "Parser", tokens: list[Token]) -> bool:
    r"""Whether what a bar stands over is more than a letter, or complex: \bar\mu is a scale of its own."""
    if any(token.kind == "command" or token.text in "()+-" for token in tokens[:-1]):
        return True
    node = parser.vocabulary.symbols.get(key(tokens))
    return node is not None and (not isinstance(node, tree.Variable) or node.name in parser.vocabulary.complexes)


def _length(parser: "Parser", under_accent: tuple[str, list[Token]], scripts: Scripts) -> Node | None:
    r"""Return \vec p^2 where |\vec p| is declared and \vec p is not."""
    accent, argument = under_accent
    order = key(scripts.sup)
    if accent not in ("vec", "mathbf") or scripts.sub or not order.isdecimal() or int(order) % 2:
        return None
    bar, inner = str(Token("command", "vert")), (str(token) for token in argument if token.text not in ("{", "}"))
    spelled = (bar, str(Token("command", accent)), *inner, bar)
    node = dict(parser.vocabulary.phrases).get(spelled)
    return None if node is None else powers.superscripted(parser, node, scripts)


def _full(spelled: str, scripts: Scripts) -> str:
    return f"{spelled}_{key(scripts.sub)}" if scripts.sub else spelled


def declared(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    """Return a bound or declared symbol: with its subscript, with its superscript, or as a vector with indices."""
    symbols = parser.vocabulary.symbols
    full = _full(spelled, scripts)
    if full in parser.bound:
        bound = parser.bound[full]
        if not isinstance(bound, tree.Variable):
            parser.count(sum(1 for _ in tree.walk(bound)))  # names that answers define may grow by each other
        return powers.superscripted(parser, bound, scripts)
    if scripts.sup:
        raised = f"{full}^{key(scripts.sup)}"
        if raised in symbols:
            return symbols[raised]
    is_tensor = _is_tensor(parser, folded(spelled), scripts)
    for form in (full, folded(full)):
        if form in symbols and not (is_tensor and form in (spelled, folded(spelled))):
            node = symbols[form]
            if isinstance(node, tree.Variable) and node.name in parser.vocabulary.vectors:
                return _vector(parser, node, Scripts([], scripts.sup, 0, [part for part in scripts.parts if part[0]]))
            return powers.superscripted(parser, node, scripts)
    if (labelled := _labelled(parser, spelled, scripts)) is not None:
        return labelled
    base = symbols.get(spelled) or symbols.get(folded(spelled))
    if isinstance(base, tree.Variable) and base.name in parser.vocabulary.vectors and scripts.sub:
        return _vector(parser, base, scripts)
    return None


def _labelled(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    r"""Return the component of a vector whose label and index share a subscript: p_{2\mu}."""
    if len(scripts.parts) != 1 or len(scripts.sub) < 2:
        return None
    *label, index = scripts.sub
    vector = parser.vocabulary.symbols.get(f"{spelled}_{key(label)}")
    found = Scripts([index], [], 0, [(False, [index])]).indices
    if vector is None or not parser.vocabulary.is_vector(vector) or len(found) != 1:
        return None
    return tree.Indexed(vector, found)


def _vector(parser: "Parser", node: Node, scripts: Scripts) -> Node:
    """Return a vector, its component with an index, or an even power of it."""
    if (component := _numbered(parser, scripts)) is not None:
        return tree.Indexed(node, (component,))
    indices = scripts.indices
    if len(indices) == 1 and len(scripts.parts) == 1 and not indices[0].name.isdigit():
        return tree.Indexed(node, indices)
    if scripts.sup and not scripts.sub:
        return powers.raised(parser, node, scripts.sup)
    if scripts.sub:
        raise ExpressionError(f"“{written(node)}” is a four-vector: it carries one index")
    return node


def _numbered(parser: "Parser", scripts: Scripts) -> tree.Index | None:
    r"""Return the index of p^0, p_3 or p^{\mu=2}; p^2 is a component only where others stand beside it."""
    if len(scripts.parts) != 1:
        return None
    is_upper, part = scripts.parts[0]
    is_named = len(part) == 3 and part[1].text == "="
    if len(part) != 1 and not is_named:
        return None
    number = part[-1].text
    if number in ("0", "1", "3") or (number == "2" and (is_named or parser.has_components or not is_upper)):
        return tree.Index(number, is_upper)
    return None


def _is_tensor(parser: "Parser", spelled: str, scripts: Scripts) -> bool:
    known = commands.TENSORS.get(spelled)
    return known is not None and len(scripts.indices) == known[1] and not powers.mean_scalars(parser, scripts)


def _tensor(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    if spelled == "\\gamma " and key(scripts.sub + scripts.sup) == "5" and len(scripts.parts) == 1:
        return tree.Constant("gamma_5")
    if spelled == "\\gamma " and len(scripts.parts) == 1 and key(scripts.sub + scripts.sup) in ("0", "1", "2", "3"):
        is_upper, (component,) = scripts.parts[0]
        return tree.Indexed(tree.Constant("gamma"), (tree.Index(component.text, is_upper),))
    if not _is_tensor(parser, spelled, scripts):
        return None
    return tree.Indexed(tree.Constant(commands.TENSORS[spelled][0]), scripts.indices)


def _constant(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    full = _full(spelled, scripts)
    if spelled == "e" and parser.vocabulary.charge is not None and not scripts.sub:
        exponent = parser.parse(scripts.sup) if scripts.sup else tree.ONE
        if isinstance(exponent, tree.Number):
            return powers.power(parser, parser.vocabulary.charge, exponent)
    if spelled == "i" and not scripts.parts and parser.next.kind == "number" and parser.next.text == "0":
        parser.advance()  # p^2 - m^2 + i0
        parser.take("^") and parser.group()
        return product([tree.Constant("i"), parser.vocabulary.infinitesimal or tree.INFINITESIMAL])
    if spelled == "\\zeta " and key(scripts.sub) in ("2", "3", "4", "5", "6", "7"):
        zeta = tree.Call("zeta", (tree.number(int(key(scripts.sub))),))
        return powers.superscripted(parser, zeta, scripts)
    if full in commands.SPELLED_CONSTANTS:
        constant = tree.Constant(commands.SPELLED_CONSTANTS[full])
        return powers.raised(parser, constant, scripts.sup) if scripts.sup else constant
    if folded(full) == "\\epsilon " and parser.tokens[parser.position - 2].text == "i" and not scripts.parts:
        return tree.INFINITESIMAL
    return None
