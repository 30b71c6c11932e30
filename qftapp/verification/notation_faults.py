"""What is wrong with text that is no expression in Python notation, in words."""

import ast
import re

_JUXTAPOSED = re.compile(r"[0-9)\]]\s*[A-Za-z_(]|[A-Za-z_]\s+[A-Za-z_0-9(]")
_DESCRIPTIONS: dict[type[ast.AST], str] = {
    ast.Attribute: "a dot",
    ast.Lambda: "a lambda",
    ast.JoinedStr: "a formatted string",
    ast.Starred: "a star",
    ast.Dict: "a dictionary",
    ast.NamedExpr: "an assignment",
}


def syntax_fault(text: str) -> str:
    """Say what keeps a text from being an expression."""
    if text.count("(") != text.count(")"):
        return "the brackets do not balance"
    if "\\" in text:
        return "this is LaTeX, not Python notation such as g**2/(16*pi*m)"
    if text.count("=") == 1 and "=" in text:
        return "write the value alone, without “=”"
    if found := _JUXTAPOSED.search(text):
        return f"write products with *: “{found.group()}” is not Python notation"
    return f"“{text[:60]}” is not an expression in Python notation"


def described(node: ast.AST) -> str:
    """Return the word for a piece of Python that is not permitted."""
    return _DESCRIPTIONS.get(type(node), f"a {type(node).__name__}")
