"""Traces graded a second a core: `pytest -o addopts= -s tests/benchmarks/bench_grading.py`.

Answers of about 8 kB, mostly thought, to expression and Python golds; half of them repeat another one word by word. A
second of a core is one of processor time of all processes, which a busy machine does not falsify. The share of the
database is the time in which the one process that talks to it waits for it.
"""

import os
import random
import resource
import time

from django.db import connection

from qftapp.runs.grading import actions, execution
from qftapp.runs.grading.differences import table
from qftapp.runs.models import Grade, Trace
from qftapp.verification.cores import cores
from tests import factories

ITEMS = 50
SAMPLES = int(os.environ.get("SAMPLES", "40"))
THOUGHT = "<think>" + "We expand to leading order and collect the terms in $g$. " * 140 + "</think>\n\n"


def contracts() -> list[dict]:
    """Golds that differ, every other one in LaTeX."""
    found = []
    for number in range(ITEMS):
        python = factories.GOLD.replace("8", str(number + 2))
        latex = {"language": "latex", "source": rf"\frac{{g^2 m}}{{{number + 2}\pi}}"}
        gold = latex if number % 2 else {"language": "python", "source": python}
        found.append(factories.contract(gold=gold))
    return found


def answers(number: int, chance: random.Random) -> list[str]:
    """Answers to the item of that number: right, wrong by a factor, code, unreadable; the second half repeats."""
    forms = [
        rf"$\boxed{{\frac{{g^2 m}}{{{number + 2}\pi}}}}$",
        rf"$$\boxed{{\frac{{{{}}m g^{{2}}}}{{{number + 2} \pi}}}}$$",
        r"$\boxed{\frac{g^2 m}{{k}\pi}}$",
        rf"$\boxed{{-\frac{{{{k}} g^2 m}}{{{number + 2}\pi}}}}$",
        r"$\boxed{{k} g^2 \sqrt{m} + m}$",
        "```python\nimport math\ndef decay_width(m, g):\n    return {k} * g**2 * m / math.pi\n```",
        r"$\boxed{{k} g^2 q}$",
    ]
    new = [chance.choice(forms).replace("{k}", str(chance.randint(1, 60))) for _ in range(SAMPLES // 2)]
    return [THOUGHT + text for text in (*new, *chance.choices(new, k=SAMPLES - len(new)))]


def test_grading_of_a_run(transactional_db):
    chance = random.Random(1)
    run = factories.RunFactory()
    for number, contract in enumerate(contracts()):
        version = factories.ItemVersionFactory(contract=contract, state="approved")
        Trace.objects.bulk_create(
            Trace(run=run, item_version=version, sample_index=sample, text=text)
            for sample, text in enumerate(answers(number, chance))
        )
    count = ITEMS * SAMPLES
    print()
    for processes in sorted({1, cores()}):
        Grade.objects.all().delete()
        grading = actions.request(run.pk, by=factories.person("farah"), in_background=False)
        spent = processor_seconds()
        asked, seconds = timed_execution(grading.pk, processes)
        rate = count / (processor_seconds() - spent)
        print(
            f"{count:,} traces, {processes} process{'es' if processes > 1 else ''}: {seconds:.1f} s, "
            f"{rate:,.0f} a second of a core, database {asked / seconds:.0%}"
        )
    for outcome in sorted(set(Grade.objects.values_list("outcome", flat=True))):
        print(f"  {outcome}: {Grade.objects.filter(outcome=outcome).count():,}")
    groups = Grade.objects.exclude(answer_group=None).values("answer_group").distinct().count()
    size = sum(len(str(detail)) for detail in Grade.objects.values_list("detail", flat=True)) / count
    print(f"  answer groups: {groups:,}; detail: {size:,.0f} bytes a grade")
    grades = list(Grade.objects.all())
    Grade.objects.all().delete()
    for grade in grades:
        grade.verifier_version = "1"
    Grade.objects.bulk_create(grades)
    again = actions.request(run.pk, by=factories.person("farah"), in_background=False)
    execution.execute(again.pk)
    again.refresh_from_db()
    started = time.perf_counter()
    compared = table(again).compared
    print(f"table of {compared:,} differences: {1000 * (time.perf_counter() - started):,.0f} ms")
    started = time.perf_counter()
    accepted = actions.accept(again.pk, by=factories.person("farah"))
    print(f"{accepted:,} grades accepted: {1000 * (time.perf_counter() - started):,.0f} ms")


def processor_seconds() -> float:
    """Of this process and those of its that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed_execution(grading_id: int, processes: int) -> tuple[float, float]:
    """Seconds of the database, and of all."""
    spent = 0.0

    def clock(execute, sql, params, many, context):
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += time.perf_counter() - started

    started = time.perf_counter()
    with connection.execute_wrapper(clock):
        execution.execute(grading_id, processes=processes)
    return spent, time.perf_counter() - started
