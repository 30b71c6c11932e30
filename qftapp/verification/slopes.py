"""The derivatives of the functions that are known by name."""

from collections.abc import Callable

from qftapp.verification import tree
from qftapp.verification.tree import MINUS_ONE, ONE, Call, Node, Power, Product, Sum, number

_PI = tree.Constant("pi")


class Underivable(ValueError):
    """A tree whose derivative is not known here; the message says why."""


def slope(function: str, place: int, arguments: tuple[Node, ...]) -> Node:
    """Return the partial derivative of a known function by one of its arguments."""
    if place == 0 and len(arguments) == 1 and function in _SLOPES:
        return _SLOPES[function](arguments[0])
    if (found := _slope_of_several(function, place, arguments)) is not None:
        return found
    raise Underivable(f"the derivative of {function} is not read here")


def _slope_of_several(function: str, place: int, arguments: tuple[Node, ...]) -> Node | None:
    match function, place, arguments:
        case "power", 0, (base, exponent):
            return Product((exponent, Power(base, Sum((exponent, MINUS_ONE)))))
        case "power", 1, (base, exponent):
            return Product((Power(base, exponent), Call("log", (base,))))
        case "quotient", 0, (_, below):
            return Power(below, MINUS_ONE)
        case "quotient", 1, (above, below):
            return Product((MINUS_ONE, above, Power(below, number(-2))))
        case "complex", 0, _:
            return ONE
        case "complex", 1, _:
            return tree.Constant("i")
        case "log", 0, (x, base):
            return Power(Product((x, Call("log", (base,)))), MINUS_ONE)
        case "psi", 1, (tree.Number(order), x):
            return Call("psi", (number(order + 1), x))
        case "polylog", 1, (order, z):
            return Product((Call("polylog", (Sum((order, MINUS_ONE)), z)), Power(z, MINUS_ONE)))
        case "bessel_j" | "bessel_y" | "bessel_i" | "bessel_k", 1, (order, x):
            below, above = (Call(function, (Sum((order, number(step))), x)) for step in (-1, 1))
            sign = 1 if function == "bessel_i" else -1
            if function == "bessel_k":
                return Product((MINUS_ONE, tree.HALF, Sum((below, above))))
            return Product((tree.HALF, Sum((below, Product((number(sign), above))))))
    return None


def _square(node: Node) -> Node:
    return Power(node, number(2))


def _over(node: Node) -> Node:
    return Power(node, MINUS_ONE)


def _minus(node: Node) -> Node:
    return Product((MINUS_ONE, node))


def _gauss(sign: int) -> Callable[[Node], Node]:
    """Return exp(±x²)·2/√π."""
    return lambda x: Product(
        (number(2), Power(_PI, number(tree.HALF.value * -1)), Call("exp", (Product((number(sign), _square(x))),)))
    )


_SLOPES: dict[str, Callable[[Node], Node]] = {
    "sqrt": lambda x: Product((tree.HALF, Power(x, number(-tree.HALF.value)))),
    "exp": lambda x: Call("exp", (x,)),
    "log": _over,
    "log2": lambda x: _over(Product((x, Call("log", (number(2),))))),
    "log10": lambda x: _over(Product((x, Call("log", (number(10),))))),
    "sin": lambda x: Call("cos", (x,)),
    "cos": lambda x: _minus(Call("sin", (x,))),
    "tan": lambda x: Power(Call("cos", (x,)), number(-2)),
    "cot": lambda x: _minus(Power(Call("sin", (x,)), number(-2))),
    "sec": lambda x: Product((Call("sec", (x,)), Call("tan", (x,)))),
    "csc": lambda x: _minus(Product((Call("csc", (x,)), Call("cot", (x,))))),
    "sinh": lambda x: Call("cosh", (x,)),
    "cosh": lambda x: Call("sinh", (x,)),
    "tanh": lambda x: Power(Call("cosh", (x,)), number(-2)),
    "coth": lambda x: _minus(Power(Call("sinh", (x,)), number(-2))),
    "sech": lambda x: _minus(Product((Call("sech", (x,)), Call("tanh", (x,))))),
    "csch": lambda x: _minus(Product((Call("csch", (x,)), Call("coth", (x,))))),
    "asin": lambda x: Power(Sum((ONE, _minus(_square(x)))), number(-tree.HALF.value)),
    "acos": lambda x: _minus(Power(Sum((ONE, _minus(_square(x)))), number(-tree.HALF.value))),
    "atan": lambda x: _over(Sum((ONE, _square(x)))),
    "acot": lambda x: _minus(_over(Sum((ONE, _square(x))))),
    "asinh": lambda x: Power(Sum((ONE, _square(x))), number(-tree.HALF.value)),
    "acosh": lambda x: Product(tuple(Power(Sum((x, number(one))), number(-tree.HALF.value)) for one in (-1, 1))),
    "atanh": lambda x: _over(Sum((ONE, _minus(_square(x))))),
    "acoth": lambda x: _over(Sum((ONE, _minus(_square(x))))),
    "gamma": lambda x: Product((Call("gamma", (x,)), Call("psi", (x,)))),
    "loggamma": lambda x: Call("psi", (x,)),
    "psi": lambda x: Call("psi", (ONE, x)),
    "erf": _gauss(-1),
    "erfc": lambda x: _minus(_gauss(-1)(x)),
    "erfi": _gauss(1),
    "expint_ei": lambda x: Product((Call("exp", (x,)), _over(x))),
    "sine_integral": lambda x: Product((Call("sin", (x,)), _over(x))),
    "cosine_integral": lambda x: Product((Call("cos", (x,)), _over(x))),
    "log_integral": lambda x: _over(Call("log", (x,))),
    "dilogarithm": lambda x: _minus(Product((Call("log", (Sum((ONE, _minus(x))),)), _over(x)))),
    "trilogarithm": lambda x: Product((Call("dilogarithm", (x,)), _over(x))),
    "elliptic_k": lambda m: Product(
        (
            Sum((Call("elliptic_e", (m,)), _minus(Product((Sum((ONE, _minus(m))), Call("elliptic_k", (m,))))))),
            _over(Product((number(2), m, Sum((ONE, _minus(m)))))),
        )
    ),
    "elliptic_e": lambda m: Product(
        (Sum((Call("elliptic_e", (m,)), _minus(Call("elliptic_k", (m,))))), _over(Product((number(2), m))))
    ),
}
