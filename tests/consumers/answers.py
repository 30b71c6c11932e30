"""What a model that knows everything answers to an item: its gold."""

import json


def gold_answer(contract: str) -> str:
    """Return gold as a response."""
    gold = json.loads(contract)["gold"]
    if gold["language"] == "python":
        return f"```python\n{gold['source']}\n```"
    return rf"\boxed{{{gold['source'].strip()}}}"
