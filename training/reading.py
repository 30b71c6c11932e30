"""A configuration out of a YAML file and flags, as a frozen dataclass; every problem is named with its key."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from training.faults import CannotStart

Config = TypeVar("Config")


class _Unfit(ValueError):
    """A value that is not of its key's type."""


def read(kind: type[Config], path: Path | None, flags: Sequence[str]) -> Config:
    """Return the configuration of a file with the flags in place of its values. Raises CannotStart."""
    values = _file(path) if path else {}
    origin = str(path or "flags")
    for key, text in _pairs(flags):
        _put(values, key.replace("-", "_").split("."), text)
    problems: list[str] = []
    config = _made(kind, values, "", problems)
    if problems:
        raise CannotStart(*(f"{origin}: {problem}" for problem in problems))
    assert config is not None
    return config


def _file(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotStart(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path} is not YAML: {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise CannotStart(f"{path}: keys with values are expected, such as “model: DIR”")
    return {str(key): value for key, value in found.items()}


def _pairs(flags: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield keys and values of `--key value` and `--key=value`, values read as YAML does."""
    left = list(flags)
    while left:
        flag = left.pop(0)
        if not flag.startswith("--"):
            raise CannotStart(f"“{flag}” is no flag: write --key value")
        key, equals, text = flag[2:].partition("=")
        if not equals:
            if not left:
                raise CannotStart(f"--{key}: its value is missing")
            text = left.pop(0)
        try:
            yield key, yaml.safe_load(text)
        except yaml.YAMLError:
            yield key, text


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        inner = values.get(name)
        values[name] = dict(inner) if isinstance(inner, dict) else {}
        values = values[name]
    values[path[-1]] = value


def _made(kind: type[Config], values: Mapping[str, Any], prefix: str, problems: list[str]) -> Config | None:
    """Return a dataclass of these values, or add to the problems."""
    assert dataclasses.is_dataclass(kind)
    before = len(problems)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            problems.append(f"{prefix}{name}: no such key{f'; did you mean {prefix}{near[0]}?' if near else ''}")
            continue
        try:
            given[name] = _fit(hints[name], value, f"{prefix}{name}.", problems)
        except _Unfit as error:
            problems.append(f"{prefix}{name}: {error}")
    for name, field in fields.items():
        if name not in values and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            problems.append(f"{prefix}{name}: is missing")
    if len(problems) > before:
        return None
    made = kind(**given)
    problems.extend(f"{prefix}{problem}" for problem in getattr(made, "problems", lambda: ())())
    return made


def _fit(hint: Any, value: Any, prefix: str, problems: list[str]) -> Any:
    """Return a value as the type wants it. Raises _Unfit."""
    if isinstance(hint, types.UnionType):  # such as Lora | None
        if value is None:
            return None
        hint = next(inner for inner in typing.get_args(hint) if inner is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise _Unfit("keys with values are expected")
        return _made(hint, value, prefix, problems)
    if typing.get_origin(hint) is typing.Literal:
        allowed = typing.get_args(hint)
        if value not in allowed:
            raise _Unfit(f"must be one of {', '.join(map(str, allowed))}, not {value}")
        return value
    return _plain(hint, value)


def _plain(hint: type, value: Any) -> Any:
    """Return a bool, int, float or str; YAML reads 1e-6 as a text, and a name such as 7b-2 must stay one."""
    if hint is float and not isinstance(value, bool):
        try:
            return float(value)
        except (TypeError, ValueError):
            raise _Unfit(f"must be a number, not {value}") from None
    if hint is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if hint is str and value is None:
        return ""
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        words = {bool: "true or false", int: "a whole number", str: "a text"}
        raise _Unfit(f"must be {words[hint]}, not {value}")
    return value
