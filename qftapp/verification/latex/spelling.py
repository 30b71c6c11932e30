r"""When two spellings name one symbol: `m_{\mu}`, `m_\mu` and `m _ {\rm \mu}` do, `m_\mu` and `M_\mu` do not.

A spelling is compared by its key: the tokens without braces and without the difference between upright and slanted.
"""

import keyword
import re
from collections.abc import Sequence

from qftapp.verification.latex.tokens import Token, tokenize

VARIANTS = {
    "varepsilon": "epsilon",
    "varphi": "phi",
    "vartheta": "theta",
    "varrho": "rho",
    "varsigma": "sigma",
    "varkappa": "kappa",
    "varpi": "pi",
}
GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar".split()
)
ACCENTS = frozenset("hat bar tilde vec dot ddot mathbf mathcal mathbb mathfrak mathscr check breve underline".split())


def key(tokens: Sequence[Token]) -> str:
    """Return what the tokens have in common with every other spelling of the same symbol."""
    parts = [token for token in tokens if token.text not in ("{", "}")]
    if len(parts) > 1 and parts[0].kind == "letter":
        word = "".join(token.text for token in parts if token.kind == "letter")
        length = len(word)
        if word in GREEK and all(token.is_glued and token.kind == "letter" for token in parts[1:length]):
            parts[:length] = [Token("command", word)]  # h_{theta}
    return "".join(map(_part, parts))


def folded(spelled: str) -> str:
    r"""Return a key without the difference between \epsilon and \varepsilon, \phi and \varphi and the like."""
    if "\\var" in spelled:
        for variant, plain in VARIANTS.items():
            spelled = spelled.replace(f"\\{variant} ", f"\\{plain} ")
    return spelled


def _part(token: Token) -> str:
    match token.kind:
        case "command":
            return "'" if token.text == "prime" else f"\\{token.text} "
        case "roman" if "\\" in token.text:
            return key(tokenize(token.text))
        case "roman":
            return re.sub(r"[^A-Za-z0-9+\-']", "", token.text)
    return token.text


def latex_of(name: str) -> str:
    r"""Return how a Python name is written in LaTeX: m_mu is m_{\mu}, alpha_s is \alpha_{s}, Lambda is \Lambda."""
    base, *rest = name.strip("_").split("_")
    head = _greek(base)
    if len(base) > 1 and head == base:
        letters = re.fullmatch(r"([A-Za-z])([0-9]+)", base)
        head = f"{letters[1]}_{{{letters[2]}}}" if letters and not rest else rf"\mathrm{{{base}}}"
    return head + (f"_{{{' '.join(map(_greek, rest))}}}" if rest else "")


def name_of(spelled: str) -> str:
    r"""Return a Python name for a key: m_\mu is m_mu, \hat p is hat_p."""
    text = spelled.replace("'", "_prime").replace("+", "_plus").replace("-", "_minus").replace("*", "_star")
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    if keyword.iskeyword(name):
        return f"{name}_"
    return name if name and not name[0].isdigit() else f"x_{name}".rstrip("_")


def _greek(word: str) -> str:
    return f"\\{word}" if word in GREEK else word


def key_of(latex: str) -> str:
    """Return the key of a symbol written in LaTeX. Raises ExpressionError where it is not LaTeX."""
    return key(tokenize(latex))
