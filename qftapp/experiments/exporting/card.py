"""The README of an export in any format: what is inside, from whom, what was left out, how to open it."""

from collections.abc import Iterable, Sequence

from qftapp.experiments.exporting.choosing import REASONS
from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.telling import told
from qftapp.items.topics import TOPICS

PRIVATE = "**Private: its release must not leave the house. Do not pass it on.**"

COLUMNS = {
    "item": "name of the item",
    "version": "number of its version",
    "topic": "code of its topic",
    "domain_level": "how advanced the physics is",
    "operational_level": "how hard the task is to carry out",
    "trace": "run, item, version and sample: what the trace is called in the house",
    "sample": "which of the answers to the item it is",
    "teacher": "the language model that wrote it",
    "prompt": "messages, exactly what a model is asked; the answer never stands in it",
    "completion": "one message: the whole trace, what was thought in `<think>…</think>` in front",
    "contract": "the answer contract as a JSON string: all that judging an answer needs, gold included",
    "steps": "the trace in steps; with `labels`, up to the first wrong one unless the recipe says otherwise",
    "labels": "whether each step is right, as people judged it",
    "categories": "codes of what is wrong in each step",
}

VERIFIER = """\
## The verifier

Answers are judged by `qftapp.verification`, version {version}, of the project that made this export, and by nothing
else: files here only ask it. It needs Linux, Python 3.11 or later, neither Django nor a database:

```sh
pip install python-flint mpmath numpy scipy sympy
export PYTHONPATH=/path/to/a/checkout/of/the/project
python -m qftapp.verification --help
```
"""


def readme(facts: Facts, title: str, how_to_open: str, columns: Sequence[str], *, judges: bool) -> str:
    """The README of an export in the format of this title; `judges` says whether its files ask the verifier."""
    lines = [
        f"# {facts.slug}",
        "",
        *([PRIVATE, ""] if facts.is_private else []),
        f"{facts.kind_title}: {_count(facts.rows, 'row')} of {_count(facts.report.get('items', 0), 'item')} of the "
        f"frozen release {facts.release}, as {title}.",
        "",
        told(facts.kind, facts.recipe),
        "",
        f"SHA-256 of the rows as JSON lines: `{facts.sha256}`. The hash of every file stands in `manifest.json`.",
        "",
        "## To open it",
        "",
        how_to_open.strip(),
        "",
        "## Inside",
        "",
        *_table(("Topic", "Rows"), [(_topic(code), str(n)) for code, n in facts.report.get("topics", {}).items()]),
        *_teachers(facts),
        *_licences(facts),
        *_left_out(facts),
    ]
    if columns:
        lines += ["## Columns", "", *_table(("Column", "Meaning"), [(f"`{name}`", COLUMNS[name]) for name in columns])]
    if judges:
        lines += [VERIFIER.format(version=facts.report.get("verifier", ""))]
    return "\n".join(lines).rstrip() + "\n"


def _teachers(facts: Facts) -> list[str]:
    rows = [
        (each["slug"], each["locator"], each["licence"] or "not stated", each["training_on_outputs"], str(each["rows"]))
        for each in facts.report.get("teachers", [])
    ]
    return _table(("Teacher", "Locator", "Licence", "Training on its outputs", "Rows"), rows) if rows else []


def _licences(facts: Facts) -> list[str]:
    rows = [(licence or "not stated", str(count)) for licence, count in facts.report.get("licences", {}).items()]
    return _table(("Licence of the source", "Items"), rows) if rows else []


def _left_out(facts: Facts) -> list[str]:
    rows = []
    for each in facts.report.get("left_out", []):
        unit, why = REASONS[each["reason"]]
        rows.append((why, f"{_count(each['count'], unit)}"))
    return ["## Left out", "", *_table(("Why", "How many"), rows)] if rows else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and an empty line."""
    lines = (head, ["---"] * len(head), *([_cell(text) for text in row] for row in rows))
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def _cell(text: str) -> str:
    """Text that cannot break a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _topic(code: str) -> str:
    return TOPICS[code].title if code in TOPICS else code


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
