"""Items and the diagnosis of an answer to them."""

from tests.verification.builders import contract, expression, symbol

NAMES = ("g", "m", "M", "s", "t", "u", "x", "y")


def item(gold: str, *, also: str = "", domain: str = "positive", **changes):
    """Return a contract in those of the symbols that gold or `also` contains."""
    names = [name for name in NAMES if name in (gold + also).replace("exp", "").replace("sqrt", "")]
    symbols = [symbol(name, domain, **({"low": 0.2, "high": 3} if domain == "positive" else {})) for name in names]
    return contract(symbols=symbols, gold=expression(gold), entry_point="f0", **changes)
