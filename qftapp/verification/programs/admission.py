"""Which Python is straight-line, by the parts of its syntax."""

import ast

from qftapp.verification.programs.scopes import Unlike

_ADMITTED = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Lambda, ast.Return, ast.Assign, ast.AugAssign),
    *(ast.AnnAssign, ast.If, ast.Expr, ast.Pass, ast.Import, ast.ImportFrom, ast.alias, ast.BoolOp, ast.BinOp),
    *(ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Attribute, ast.Subscript),
    *(ast.Name, ast.List, ast.Tuple, ast.Load, ast.Store, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd),
    *(ast.USub, ast.Not, ast.And, ast.Or, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)


def admitted(module: ast.Module) -> ast.Module:
    """Return a module without what it only does as a script. Raises Unlike if it holds what no program here has."""
    body = [statement for statement in module.body if not _is_main(statement)]
    kept = ast.Module(body, module.type_ignores)
    if not all(isinstance(node, _ADMITTED) for node in ast.walk(kept)):
        raise Unlike
    return kept


def _is_main(statement: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__"` before what is only printed."""
    match statement:
        case ast.If(
            test=ast.Compare(left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]),
            body=body,
            orelse=[],
        ):
            return all(isinstance(inner, ast.Expr | ast.Assign) for inner in body)
    return False
