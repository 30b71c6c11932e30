"""Judging from a shell: one answer, a stream of answers, and what can go wrong with the processes that do it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from qftapp.verification.bulk import Rules, Tally, judge_stream, stream
from qftapp.verification.bulk.rows import Line, judge
from tests.verification.builders import code, contract_json, python, symbol

COMMAND = [sys.executable, "-m", "qftapp.verification"]
ENDLESS = code("def width(m, g):\n    while True: pass")


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], input=given, capture_output=True, text=True, timeout=120)


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def parsed(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def row(answer: str, gold: str = "x^2+y", **more: object) -> dict:
    return {"gold": gold, "answer": answer, **more}


@pytest.fixture
def contract_file(tmp_path) -> Path:
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(contract_json()))
    return path


def judged(contract: Path, answer: str, *more: str) -> subprocess.CompletedProcess[str]:
    return run("--contract", str(contract), "--answer", "-", *more, given=answer)


def test_prose_is_read_where_gold_is_all_that_is_known():
    line = Line(1, json.dumps(row("So the answer is $x^2 + y$.")).encode())
    assert judge(line, Rules()).outcome == "correct"


@pytest.mark.parametrize(
    ("answer", "exit_code", "outcome"),
    [
        (r"\boxed{\frac{g^2}{16\pi m}}", 0, "correct"),
        (r"\boxed{\frac{g^2}{8\pi m}}", 1, "wrong"),
        (r"\boxed{\frac{g^2}{16\pi q}}", 2, "unreadable"),
        ("I do not know.", 2, "no answer"),
        (ENDLESS, 3, "timeout"),
    ],
)
def test_exit_code_tells_the_outcome(contract_file, answer, exit_code, outcome):
    done = judged(contract_file, answer, "--seconds", "1")
    assert (done.returncode, done.stdout.split(":")[0], done.stderr) == (exit_code, outcome, "")


def test_broken_item_has_an_exit_code_of_its_own(tmp_path):
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(contract_json(gold=python("def width(m, g):\n    return 1/0"))))
    done = judged(path, r"\boxed{1}")
    assert done.returncode == 4
    assert "division by zero" in done.stdout


def test_verdict_for_people_names_the_diagnosis_and_the_points(contract_file):
    shown = judged(contract_file, r"\boxed{\frac{g^2}{8\pi m}}").stdout.splitlines()
    assert shown[1] == "diagnosis: too large by 2"
    assert len(shown) == 12
    assert shown[2].startswith("  m = ")


def test_verdict_for_machines_is_one_object(contract_file):
    verdict = json.loads(judged(contract_file, r"\boxed{-\frac{g^2}{16\pi m}}", "--json", "--seed", "3").stdout)
    assert sorted(verdict) == ["diagnosis", "evidence", "outcome", "reason"]
    assert (verdict["outcome"], verdict["diagnosis"]["code"]) == ("wrong", "sign")
    assert verdict["evidence"]["seed"] == 3


def test_answer_is_read_from_a_file(contract_file, tmp_path):
    answer = tmp_path / "answer.txt"
    answer.write_text(r"$\frac{g^2}{16\pi m}$")
    assert run("--contract", str(contract_file), "--answer", str(answer)).returncode == 0


def test_every_problem_of_a_contract_is_told_with_its_path(tmp_path):
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(contract_json(schema=2, symbols=[symbol("m", "round")])))
    done = judged(path, "1")
    assert done.returncode == 64
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["schema", "symbols.0.domain"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["--answer", "x"],
        ["--contract", "nowhere.json", "--answer", "x"],
        ["--input", "nowhere.jsonl"],
        ["--processes", "0"],
        ["--seconds", "nan"],
    ],
)
def test_bad_usage_is_refused(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert "Traceback" not in done.stderr


def test_help_lists_the_exit_codes():
    shown = run("--help").stdout
    assert all(f"  {exit_code}  " in shown for exit_code in (0, 1, 2, 3, 4, 64, 65, 69, 130, 141))


def test_command_imports_no_django():
    script = "import sys, qftapp.verification.__main__; print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


def test_verdicts_come_in_the_order_of_the_lines():
    answers = [row("$y+x^2$" if n % 3 else "$x^2-y$", id=n) for n in range(300)]
    answers[5] = row(ENDLESS.replace("width", "answer").replace("m, g", "x, y"), id=5)
    done = run("--processes", "3", "--seconds", "1", given=lines(*answers))
    assert done.returncode == 0
    verdicts = parsed(done.stdout)
    assert [verdict["id"] for verdict in verdicts] == list(range(300))
    wanted = ["timeout" if n == 5 else "correct" if n % 3 else "wrong" for n in range(300)]
    assert [verdict["outcome"] for verdict in verdicts] == wanted


def test_line_gives_its_contract_in_one_of_three_ways_or_takes_that_of_the_command(contract_file, tmp_path):
    answer = r"$\frac{g^2}{16\pi m}$"
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        lines(
            {"contract": contract_json(), "answer": answer},
            {"contract_file": "contract.json", "answer": answer},
            row(answer, r"\frac{g^2}{16\pi m}", symbols={"m": [1, 2]}),
            row(r"$-\frac{g^2}{16\pi m}$", r"\frac{g^2}{16\pi m}", equality="up_to_sign"),
            {"answer": answer},
        )
    )
    done = run("--input", str(rows), "--contract", str(contract_file))
    assert [verdict.get("outcome") for verdict in parsed(done.stdout)] == ["correct"] * 5


def test_bad_lines_say_what_is_wrong_and_cost_no_other_line():
    bad = [
        "no JSON",
        "[1]",
        '{"answer": "1"}',
        '{"gold": "x"}',
        '{"gold": "x", "answer": NaN}',
        '{"gold": "\\\\frac{", "answer": "1"}',
        '{"gold": "x", "symbols": {"x": "round"}, "answer": "1"}',
        '{"gold": "x", "kind": "round", "answer": "1"}',
        '{"gold": "x", "contract": {}, "answer": "1"}',
        '{"contract": {}, "answer": "1"}',
        '{"contract_file": "nowhere.json", "answer": "1"}',
        "[" * 100_000,
    ]
    done = run(given="\n\n".join([*bad, lines(row("$y+x^2$"))]))
    assert done.returncode == 65
    *refused, last = parsed(done.stdout)
    assert [verdict["line"] for verdict in refused] == list(range(1, 24, 2))
    assert all(sorted(verdict) == ["error", "line"] for verdict in refused)
    assert (last["line"], last["outcome"]) == (25, "correct")
    assert "the verifier failed" not in done.stdout


def test_evidence_comes_when_asked_for():
    given = lines(row("$y+x^2$"))
    assert "evidence" not in parsed(run(given=given).stdout)[0]
    assert len(parsed(run("--evidence", given=given).stdout)[0]["evidence"]["points"]) == 10


@pytest.fixture
def start():
    started = []

    def begin(*arguments: str, **options) -> subprocess.Popen:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        started.append(subprocess.Popen([*COMMAND, *arguments], text=True, **pipes))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def ask(process: subprocess.Popen, *rows: dict) -> None:
    process.stdin.write(lines(*rows))
    process.stdin.flush()


def workers(process: subprocess.Popen) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [child for child in children if any("spawn_main" in word for word in child.cmdline())]


def eventually(is_so, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def is_judging_python(process: subprocess.Popen) -> bool:
    """Whether a sandbox has been running for a while, unlike those in which a zygote tries its confinement."""
    try:
        runs = [run for worker in workers(process) for zygote in worker.children() for run in zygote.children()]
        return any(run.cpu_times().user > 0.2 for run in runs)
    except psutil.NoSuchProcess:
        return False


SLOW = {"contract": contract_json(), "answer": ENDLESS, "id": "slow"}


def test_verdict_is_written_before_the_next_line_is_there(start):
    process = start("--processes", "2")
    for number in range(3):
        ask(process, row("$y+x^2$", id=number))
        assert json.loads(process.stdout.readline())["id"] == number


def test_killed_process_loses_no_line(start):
    process = start("--processes", "1", "--seconds", "4")
    ask(process, *[row("$y+x^2$", id=n) for n in range(20)], SLOW, *[row("$y$", id=n) for n in range(20)])
    assert eventually(lambda: is_judging_python(process))
    (worker,) = workers(process)
    worker.kill()
    verdicts = parsed(process.communicate(timeout=60)[0])
    assert process.returncode == 0
    assert [verdict["id"] for verdict in verdicts] == [*range(20), "slow", *range(20)]
    assert [verdict["outcome"] for verdict in verdicts] == ["correct"] * 20 + ["timeout"] + ["wrong"] * 20
    assert "ended" not in verdicts[20]["reason"]


def test_line_that_ends_two_processes_is_given_up(start):
    process = start("--processes", "1", "--seconds", "60")
    ask(process, SLOW, row("$y+x^2$", id="next"))
    for _ in range(2):
        assert eventually(lambda: is_judging_python(process))
        (worker,) = workers(process)
        worker.kill()
        assert eventually(lambda killed=worker: killed not in workers(process))
    slow, following = parsed(process.communicate(timeout=60)[0])
    assert (slow["id"], slow["outcome"]) == ("slow", "timeout")
    assert slow["reason"] == "its process ended twice while it was judged"
    assert (following["id"], following["outcome"]) == ("next", "correct")


def test_interrupt_stops_everything_quietly(start):
    process = start("--processes", "2", "--seconds", "60", start_new_session=True)
    ask(process, row("$y+x^2$"), SLOW)
    assert json.loads(process.stdout.readline())["outcome"] == "correct"
    assert eventually(lambda: is_judging_python(process))
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_nothing_survives_the_death_of_the_command(start):
    process = start("--processes", "2", "--seconds", "60")
    ask(process, row("$y+x^2$"), SLOW)
    process.stdout.readline()
    assert eventually(lambda: is_judging_python(process))
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_reader_that_leaves_ends_the_work_quietly(tmp_path, start):
    path = tmp_path / "rows.jsonl"
    path.write_text(lines(*[row("$y+x^2$", id=n) for n in range(5000)]))
    process = start("--input", str(path))
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr.read() == ""


@pytest.mark.parametrize(("arguments", "is_shown"), [([], True), (["--quiet"], False)])
def test_progress_is_shown_on_a_terminal_unless_unwanted(tmp_path, start, arguments, is_shown):
    path = tmp_path / "rows.jsonl"
    path.write_text(lines(row("$y+x^2$"), row("$y$"), SLOW))
    ours, theirs = pty.openpty()
    process = start("--input", str(path), "--processes", "1", "--seconds", "2", *arguments, stderr=theirs)
    process.communicate(timeout=60)
    os.close(theirs)
    shown = b""
    while part := _read(ours):
        shown += part
    os.close(ours)
    assert ("2 verdicts in " in shown.decode() and " left" in shown.decode()) is is_shown
    assert shown.decode().endswith("/s; 1 correct, 1 wrong, 1 timeout\r\n") is is_shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # a terminal that nobody writes to any more
        return b""


def test_memory_is_bounded_and_still_every_line_is_judged(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "HELD_BYTES", 1000)
    monkeypatch.setattr(stream, "READ_BYTES", 500)
    monkeypatch.setattr(stream, "LINE_BYTES", 2000)
    path = tmp_path / "rows.jsonl"
    given = [row("$y+x^2$", id=n) for n in range(200)]
    given[7] = row("$y" + " " * 3000 + "$")
    path.write_text(lines(*given).rstrip("\n"))
    tally = Tally()
    with path.open("rb") as source, (tmp_path / "verdicts").open("wb") as target:
        judge_stream(source.fileno(), target, rules=Rules(), processes=2, tally=tally)
    assert dict(tally.outcomes) == {"correct": 199, "error": 1}
    verdicts = parsed((tmp_path / "verdicts").read_text())
    assert [verdict["line"] for verdict in verdicts] == list(range(1, 201))
    assert verdicts[7]["error"] == "is longer than 0 MB"
