"""A source read once more with zeros that have no sign.

In floating arithmetic −z of a positive complex z is −z − 0i, below the cut of the logarithm, where a physicist sees a
negative number, whose logarithm is ln|z| + iπ. Here every argument of a call and both sides of ** lose their −0.
"""

import ast
import sys
from typing import Any

NAME = "__without_sign_of_zero__"


def without_signs(source: str) -> ast.Module:
    """Return the syntax tree of the source with arguments and powers passed through `unsigned`."""
    module = ast.parse(source)
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name == NAME:
                continue
            case ast.Call(args=arguments, keywords=keywords):
                arguments[:] = [_wrapped(argument) for argument in arguments]
                for keyword in keywords:
                    keyword.value = _wrapped(keyword.value) if keyword.arg else keyword.value
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                node.left, node.right = _wrapped(left), _wrapped(right)
    return module


def _wrapped(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant | ast.Starred | ast.Lambda):
        return node
    name = ast.copy_location(ast.Name(NAME, ast.Load()), node)
    return ast.copy_location(ast.Call(name, [node], []), node)


def unsigned(value: Any) -> Any:
    """Return a floating number with +0 for −0, an array after the same change in place, anything else as it is."""
    numpy = sys.modules["numpy"]
    match value:
        case float() | complex() | numpy.floating() | numpy.complexfloating():
            return value + type(value)(0)
        case numpy.ndarray() if value.dtype.kind in "fc" and value.flags.writeable:
            value += 0
    return value
