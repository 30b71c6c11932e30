"""What is trained, read back from the labels: under three templates, one of which cuts the reasoning off."""

import pytest
from transformers import AutoTokenizer

from training.chat import Chat
from training.faults import CannotStart
from training.lookups import answer, sft_row
from training.sft import IGNORED, example

R1_LIKE = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}<|im_start|>{{ m['content'] }}{% else %}"
    "{% set content = m['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}"
    "{% endif %}{{ '|answer|' + content + '<|im_end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '|answer|<think>\n' }}{% endif %}"
)
"""As DeepSeek-R1-Distill's: prompts open the reasoning, answers lose theirs."""


@pytest.fixture
def tokenizer(tiny):
    return AutoTokenizer.from_pretrained(tiny)


def trained(chat: Chat, row) -> tuple[str, str]:
    """What the model sees without learning it, and what it learns."""
    found = example(chat, row)
    learned = [label for label in found["labels"] if label != IGNORED]
    seen = found["input_ids"][: len(found["input_ids"]) - len(learned)]
    assert found["input_ids"][len(seen) :] == learned
    return chat.tokenizer.decode(seen), chat.tokenizer.decode(learned)


def test_chatml_trains_the_whole_answer(tokenizer):
    chat = Chat(tokenizer, "chatml")
    row = sft_row("pion")
    seen, learned = trained(chat, row)
    assert seen == f"<|im_start|>user\n{row['prompt'][0]['content']}<|im_end|>\n<|im_start|>assistant\n"
    assert (learned, chat.prefill) == (f"{answer(-3)}<|im_end|>", "")


def test_template_that_cuts_reasoning_off_does_not_cut_it_off_here(tokenizer):
    tokenizer.chat_template = R1_LIKE
    chat = Chat(tokenizer)
    row = sft_row("pion")
    stock = tokenizer.apply_chat_template([*row["prompt"], *row["completion"]], tokenize=False)
    seen, learned = trained(chat, row)
    assert "I recall" not in stock  # the trap is there
    assert chat.prefill == "<think>\n"
    assert seen.endswith("|answer|<think>\n")
    assert learned == "I recall.\n</think>\n$\\boxed{-3}$<|im_end|>"
    assert f"{seen}{learned}".endswith(f"{answer(-3)}<|im_end|>")


def test_answer_without_reasoning_gets_an_empty_thought_where_the_prompt_opened_one(tokenizer):
    tokenizer.chat_template = R1_LIKE
    row = sft_row("pion", completion=[{"role": "assistant", "content": "It is 3."}])
    _, learned = trained(Chat(tokenizer), row)
    assert learned == "\n</think>\n\nIt is 3.<|im_end|>"


def test_plain_template_trains_the_whole_answer(tokenizer):
    tokenizer.chat_template = None
    row = sft_row("pion")
    seen, learned = trained(Chat(tokenizer, "plain"), row)
    assert (seen, learned) == (f"{row['prompt'][0]['content']}\n\n", f"{answer(-3)}<|im_end|>")


def test_prompt_is_told_in_the_tokens_of_inference(tokenizer):
    chat = Chat(tokenizer)
    row = sft_row("muon")
    asked = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, tokenize=True, return_dict=True)
    assert example(chat, row)["input_ids"][: len(asked["input_ids"])] == asked["input_ids"]


def test_tokenizer_without_template_is_refused(tokenizer):
    tokenizer.chat_template = None
    with pytest.raises(CannotStart, match="the tokenizer has no chat template"):
        Chat(tokenizer)


def test_template_that_refuses_a_prompt_is_named(tokenizer):
    tokenizer.chat_template = "{{ raise_exception('no system here') }}"
    with pytest.raises(CannotStart, match=r"the chat template refuses a prompt: .*no system here"):
        Chat(tokenizer)


def test_marks_of_reasoning_that_vanish_are_refused(tokenizer):
    tokenizer.add_special_tokens({"additional_special_tokens": ["<think>", "</think>"]})
    with pytest.raises(CannotStart, match="vanish from answers"):
        Chat(tokenizer)
