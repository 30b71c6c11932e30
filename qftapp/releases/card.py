"""The data card of a release: what is inside, counted, with licences, hashes and columns, as Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence

from qftapp.releases import counts
from qftapp.releases.models import Release, ReleaseEntry

PRIVATE = "**Private: may hold items whose source may not be redistributed. Do not pass it on.**"

COLUMNS = {
    "schema": "version of the schema of item rows, 1",
    "slug": "the item's name, for good",
    "split": "train, validation or test",
    "version": "number of the item's version",
    "content_hash": "SHA-256 of statement, contract, solution and second solution as canonical JSON",
    "origin": "adapted (from a source problem), original or synthetic",
    "topic": "code of the topic",
    "domain_level": "undergraduate, graduate, advanced_graduate or postgraduate",
    "operational_level": "easy, medium or hard: the work, whatever the level of the physics",
    "task_type": "what is asked for",
    "source": "slug, kind, title, authors, year, url, licence, may_redistribute; null unless adapted",
    "problem": "locator, statement and solution in the source; null unless adapted",
    "statement": "the question, Markdown with LaTeX formulas",
    "contract": "symbols, answer kind, gold, tolerance and conventions: all that grading needs",
    "solution": "the worked solution, Markdown with LaTeX formulas",
    "second_solution": "an independent computation of the answer, in Python, or empty",
    "prompt": "what to ask a model: statement, form of the answer and conventions",
}
"""The columns of a row of the items file, each with its meaning."""


def write(release: Release, listed: Sequence[ReleaseEntry], sha256: str) -> str:
    """The card of a release with these entries, whose items file has this hash."""
    splits = Counter(entry.split for entry in listed)
    lines = [
        f"# {release.name}",
        "",
        *([PRIVATE, ""] if release.is_private else []),
        *([release.notes.strip(), ""] if release.notes.strip() else []),
        _status(release, len(listed)),
        f"SHA-256 of `items.jsonl`: `{sha256}`.",
        f"Verifier version at the checks before review: {', '.join(verifier_versions(listed)) or 'none'}.",
        "",
        "## Items",
        "",
        *_table(("Split", "Items"), [(split.label, str(splits[split])) for split in ReleaseEntry.Split]),
    ]
    for table in counts.of_entries(listed):
        head = (table.title, *(split.label for split in ReleaseEntry.Split), "Items")
        lines += _table(head, [(row.title, *map(str, row.by_split), str(row.total)) for row in table.rows])
    kinds = Counter(str(entry.item_version.contract.get("kind", "")) for entry in listed)
    lines += _table(("Answer kind", "Items"), [(kind, str(count)) for kind, count in sorted(kinds.items())])
    lines += _sources(listed)
    lines += ["## Columns of items.jsonl", "", "One JSON object on each line, by slug; keys are sorted.", ""]
    lines += _table(("Column", "Meaning"), [(f"`{name}`", meaning) for name, meaning in COLUMNS.items()], words=2)
    return "\n".join(lines)


def verifier_versions(listed: Iterable[ReleaseEntry]) -> list[str]:
    """The verifier versions whose checks let the entries through."""
    return sorted({(entry.item_version.gate or {}).get("verifier_version", "unknown") for entry in listed})


def _status(release: Release, size: int) -> str:
    items = f"{size} item{'' if size == 1 else 's'}"
    if release.frozen_at is None:
        return f"Not frozen yet, {items} so far."
    return f"Frozen {release.frozen_at:%Y-%m-%d %H:%M} UTC with {items}."


def _sources(listed: Iterable[ReleaseEntry]) -> list[str]:
    found: Counter[tuple[str, ...]] = Counter()
    doubts = set()
    for entry in listed:
        problem = entry.item_version.item.source_problem
        if problem:
            source = problem.source
            terms = "may be redistributed" if source.may_redistribute else "may not be redistributed"
            cited = ", ".join(part for part in (source.authors, source.title, str(source.year or "")) if part)
            found[_cell(cited), _cell(source.licence) or "not stated", terms] += 1
            if source.doubt:
                doubts.add(f"{source.title}: {source.doubt}")
    if not found:
        return []
    rows = [(*source, str(count)) for source, count in sorted(found.items())]
    remarks = [line for doubt in sorted(doubts) for line in (f"Remark on {_cell(doubt)}", "")]
    return ["## Sources", "", *_table(("Source", "Licence", "Terms", "Items"), rows, words=3), *remarks]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> list[str]:
    """A Markdown table of so many columns of words before those of numbers, and an empty line."""
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return [f"| {' | '.join(line)} |" for line in (head, rule, *rows)] + [""]


def _cell(text: str) -> str:
    """Text that cannot break a Markdown table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
