"""What is kept of an answer, wherever a server puts the parts of it."""

import pytest
from openai.types.chat import ChatCompletionMessage

from qftapp.runs.asking.client import text_of
from qftapp.runs.asking.endpoints import Endpoint, key_variable

BOTH = "<think>\nTwo bodies.\n</think>\n\nIt is 3."


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "It is 3."}, "It is 3."),
        ({"content": "It is 3.", "reasoning": "Two bodies."}, BOTH),
        ({"content": "\n\nIt is 3.", "reasoning_content": "Two bodies.\n"}, BOTH),
        ({"content": "It is 3.", "reasoning": None, "reasoning_content": "Two bodies."}, BOTH),
        ({"content": BOTH}, BOTH),
        ({"content": "Two bodies.\n</think>\n\nIt is 3."}, BOTH),
        ({"content": None, "reasoning": "Two bodies."}, "<think>\nTwo bodies.\n</think>"),
        ({"content": None}, ""),
        ({"content": [{"type": "text", "text": "It is "}, {"type": "text", "text": "3."}]}, "It is 3."),
        ({"content": "It is 3.", "reasoning": {"tokens": 7}}, "It is 3."),
    ],
)
def test_thoughts_stand_before_the_answer(message, text):
    assert text_of(ChatCompletionMessage.construct(role="assistant", **message)) == text


def test_key_has_the_variable_of_its_endpoint():
    assert key_variable("local-gpu.2") == "ENDPOINT_LOCAL_GPU_2_KEY"


def test_key_is_shown_nowhere():
    assert "sk-secret" not in repr(Endpoint("vendor", "https://x/v1", "sk-secret"))
