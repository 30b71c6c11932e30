"""A million traces of 8 kB in a database that stays, stage by stage, each printed with its figures.

    export QFT_MODE=local DATA_DIR=/somewhere/large
    python -m tests.benchmarks.bench_million bring words grade pages

TRACES says how many (1,000,000). Half are of one run with 100 samples of each item, the others of ten runs, each brought
from a file as an engineer would. About 25 GB of disk are needed, a third of them for files that go again. The database
is the embedded one in DATA_DIR, or that of DATABASE_URL; it must have been migrated.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import django

TRACES = int(os.environ.get("TRACES", "1000000"))
SAMPLES = 100
SMALL_RUNS = 10
MODELS = 4
FORMS = (
    r"$\boxed{\frac{g^2 m}{8\pi}}$",
    r"$$\boxed{\frac{%d m g^{2}}{8 \pi}}$$",
    r"$\boxed{-\frac{%d g^2 m}{8\pi}}$",
    r"$\boxed{%d g^2 \sqrt{m} + m}$",
    r"$\boxed{\frac{g^2 m}{%d\pi}}$",
    r"$\boxed{%d g^2 q}$",
)


def rows(stock: list[str], count: int, seed: int) -> Iterator[dict[str, object]]:
    """Traces with answers of a few forms, so that some are right and many repeat."""
    from tests.benchmarks.bench_traces import text

    chance = random.Random(seed)
    for number in range(count):
        form = chance.choice(FORMS)
        answer = form % chance.randint(1, 12) if "%d" in form else form
        item, sample = divmod(number, SAMPLES)
        said = text(stock, seed * TRACES + number, answer=f"So the width is {answer}.")
        about = {"finish_reason": "stop", "input_tokens": 300, "output_tokens": len(said) // 4, "seconds": 41.5}
        yield {"item": f"item-{item}", "sample": sample, "text": said, **about}


def bring() -> None:
    """Make items, and bring eleven files in."""
    from django.conf import settings

    from qftapp.items.models import Item
    from qftapp.runs.importing import actions
    from qftapp.runs.models import Run
    from tests.benchmarks import bench_traces
    from tests.factories import LanguageModelFactory, approved, person

    for number in range(Item.objects.count(), TRACES // 2 // SAMPLES):
        approved(f"item-{number}")
    farah = person("farah")
    models = [LanguageModelFactory(slug=f"bench-{number}") for number in range(MODELS)]
    stock = bench_traces.phrases()
    path = Path(settings.DATA_DIR) / "traces.jsonl"
    print(f"raw COPY                 {bench_traces.raw_copy(stock):6.1f} MB/s", flush=True)
    for number, count in enumerate([TRACES // 2, *[TRACES // 2 // SMALL_RUNS] * SMALL_RUNS]):
        run = Run(slug=f"run-{number}", model=models[number % MODELS], purpose="teach")
        bench_traces.write(path, rows(stock, count, number))
        print(f"import of {count:9,} rows ", end="", flush=True)
        bench_traces.bring(path, actions.make_run(run, by=farah), is_kept=False)
        sys.stdout.flush()
    print(f"raw COPY again           {bench_traces.raw_copy(stock):6.1f} MB/s", flush=True)


STAGES = {"bring": bring}


def main() -> None:
    django.setup()
    from django.conf import settings

    with settings.EMBEDDED_SERVER.use():
        for stage in sys.argv[1:]:
            STAGES[stage]()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qftapp.settings")
    main()
