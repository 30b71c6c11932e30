"""How what a model thought stands in the text of a trace."""


def with_thoughts(thoughts: str, text: str) -> str:
    """The text with the thoughts before it in <think>; text that brings its own is left as it is."""
    if not thoughts.strip() or text.lstrip().startswith("<think>"):
        return text
    return f"<think>\n{thoughts.strip()}\n</think>\n\n{text.lstrip()}".rstrip()
