"""Markdown with LaTeX formulas to safe HTML: no raw HTML, no images, only web and mail links, formulas escaped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from qftapp.prose.delimiters import delimiters_plugin

MAX_CHARACTERS = 100_000
OFTEN_SHOWN = 20_000
"""Characters up to which a text is kept as HTML while a process runs."""
LINK_SCHEMES = ("http://", "https://", "mailto:")
DISPLAY_TOKENS = frozenset({"math_block", "math_inline_double"})
MATH_TOKENS = DISPLAY_TOKENS | {"math_inline"}
# The page has h1 and h2 already.
HEADING_SHIFT = 2


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of a text: its LaTeX without delimiters, whether it is displayed, its offset in the text."""

    source: str
    display: bool
    position: int


def render(text: str) -> SafeString:
    """Return `text` as HTML that is safe whatever the text holds.

    A formula becomes `<span class="math" data-display="true|false">` around its escaped LaTeX; the page sets it with
    KaTeX. Text beyond MAX_CHARACTERS is shown as it was typed, without Markdown.
    """
    if len(text) <= OFTEN_SHOWN:
        return _remembered(text)
    if len(text) <= MAX_CHARACTERS:
        return SafeString(_markdown().render(text))
    head, tail = text[:MAX_CHARACTERS], text[MAX_CHARACTERS:]
    return SafeString(f"{_markdown().render(head)}<pre>{escape(tail)}</pre>")


@lru_cache(maxsize=256)
def _remembered(text: str) -> SafeString:
    """A statement that people label traces of is shown with each of them."""
    return SafeString(_markdown().render(text))


def formulas(text: str) -> list[Formula]:
    """Return the formulas of `text` in their order, as `render` finds them; code holds none."""
    found: list[Formula] = []
    cursor = 0
    for token in _flat(_markdown().parse(text[:MAX_CHARACTERS])):
        if token.type not in MATH_TOKENS:
            continue
        source = token.content.strip()
        first_line = source.split("\n", 1)[0]
        position = _position(text, first_line, token.markup or "$", cursor)
        cursor = position + len(first_line)
        found.append(Formula(source, token.type in DISPLAY_TOKENS, position))
    return found


def _position(text: str, first_line: str, opening: str, cursor: int) -> int:
    """Return where a formula starts: the first occurrence of its first line behind its opening delimiter."""
    if first_line.startswith(opening):
        return max(cursor, text.find(first_line, cursor))
    start = re.compile(rf"{re.escape(opening)}[\s>]*({re.escape(first_line)})").search(text, cursor)
    return start.start(1) if start else cursor


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    dollarmath_plugin(markdown, allow_space=False, allow_digits=False, allow_labels=False, double_inline=True)
    # Its block rule cannot follow a line of text directly; ours can, as a fence may.
    markdown.block.ruler.disable("math_block")
    delimiters_plugin(markdown)
    markdown.validateLink = _is_permitted_link  # type: ignore[method-assign]  # as the library wants it
    for token_type in MATH_TOKENS:
        markdown.add_render_rule(token_type, _math)
    markdown.add_render_rule("link_open", _link_open)
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


def _is_permitted_link(url: str) -> bool:
    return url.strip().lower().startswith(LINK_SCHEMES)


def _math(renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    display = "true" if token.type in DISPLAY_TOKENS else "false"
    span = f'<span class="math" data-display="{display}">{escape(token.content.strip())}</span>'
    return f"<div>{span}</div>\n" if token.type == "math_block" else span


def _plain(renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """Return the token as the HTML renderer writes it by itself."""
    assert isinstance(renderer, RendererHTML)
    return renderer.renderToken(tokens, index, options, env)


def _link_open(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    return _plain(renderer, tokens, index, options, env)


def _heading(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    token.tag = f"h{min(6, int(token.tag[1]) + HEADING_SHIFT)}"
    return _plain(renderer, tokens, index, options, env)
