"""Prompts and answers as a model sees them, through its chat template.

Prompt and completion are turned into tokens apart, as at inference: what is trained is what will be generated. A
template that opens the reasoning itself (DeepSeek-R1: the prompt ends in `<think>`) and cuts answers at `</think>`
would train only what comes after the reasoning; so answers never pass through the template, which says only how one
ends.
"""

import re
from pathlib import Path
from typing import Any

from training.faults import CannotStart
from training.rows import Messages

TEMPLATES = Path(__file__).parent / "templates"
THINK, END_THINK = "<think>", "</think>"
_SENTINEL = "ANSWER-STANDS-HERE"
_OPENED = re.compile(r"<think>\s*\Z")


class Chat:
    """A tokenizer with its template; `prefill` is the opened reasoning in which its prompts end, mostly ""."""

    def __init__(self, tokenizer: Any, template: str = "") -> None:
        self.tokenizer = tokenizer
        if template:
            tokenizer.chat_template = _template(template)
        elif not tokenizer.chat_template:
            raise CannotStart("the tokenizer has no chat template: give template: plain, chatml or a .jinja file")
        opened = _OPENED.search(self.prompt([{"role": "user", "content": "?"}]))
        self.prefill = opened[0] if opened else ""
        self.closing = self._closing()
        self._keeps_reasoning()

    @property
    def closing_ids(self) -> list[int]:
        """Tokens at whose first a completion ends, for the generation config."""
        ids = self.ids(self.closing)
        special = set(self.tokenizer.all_special_ids) | set(self.tokenizer.added_tokens_decoder)
        return [number for number in ids if number in special]

    def prompt(self, messages: Messages) -> str:
        """Return the text after which the model answers. Raises CannotStart where the template refuses it."""
        return self._rendered(messages, add_generation_prompt=True)

    def completion(self, answer: str) -> str:
        """Return what the model writes after the prompt: the whole answer, without what the prompt opened, closed."""
        if self.prefill:
            bare = answer.lstrip()
            if bare.startswith(THINK):
                answer = bare.removeprefix(THINK).lstrip("\n")
            else:  # an answer without reasoning: an empty thought, as R1 writes it
                answer = f"\n{END_THINK}\n\n{answer}"
        return answer + self.closing

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text as it stands."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _rendered(self, messages: Messages, *, add_generation_prompt: bool) -> str:
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=add_generation_prompt
                )
            )
        except Exception as error:  # templates are programs, and raise what they like
            raise CannotStart(f"the chat template refuses a prompt: {type(error).__name__}: {error}") from None

    def _closing(self) -> str:
        """Return what the template writes after an answer, up to its first special token; else the end of text."""
        talk = [{"role": "user", "content": "?"}, {"role": "assistant", "content": _SENTINEL}]
        after = self._rendered(talk, add_generation_prompt=False).partition(_SENTINEL)[2]
        known = {token.content for token in self.tokenizer.added_tokens_decoder.values()}
        known |= set(self.tokenizer.all_special_tokens)
        places = [(after.find(token), token) for token in known if token in after]
        if places:
            place, token = min(places)
            return f"{after[:place]}{token}"
        if not self.tokenizer.eos_token:
            raise CannotStart("neither the chat template nor the tokenizer says how an answer ends")
        return str(self.tokenizer.eos_token)

    def _keeps_reasoning(self) -> None:
        """Refuse tokenizers that hide the marks of reasoning from whoever reads an answer, the reward first of all."""
        marked = f"{THINK}a{END_THINK}"
        seen = self.tokenizer.decode(self.ids(marked), skip_special_tokens=True)
        if THINK not in seen or END_THINK not in seen:
            raise CannotStart(
                f"{THINK} and {END_THINK} are special tokens of the tokenizer and vanish from answers: "
                "add them as ordinary tokens"
            )


def _template(name: str) -> str:
    house = TEMPLATES / f"{name}.jinja"
    path = house if house.is_file() else Path(name)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CannotStart(f"template: {name}: {error.strerror}; plain and chatml are known by name") from None
