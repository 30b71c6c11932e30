"""Judge answers from a shell: python -m qftapp.verification."""

import argparse
import contextlib
import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from qftapp.verification.contract import Contract, ContractError
from qftapp.verification.cores import cores
from qftapp.verification.solutions import SandboxUnavailable
from qftapp.verification.verdict import Outcome, Verdict
from qftapp.verification.verify import verify

EXIT_CODES = {
    Outcome.CORRECT: 0,
    Outcome.WRONG: 1,
    Outcome.UNREADABLE: 2,
    Outcome.NO_ANSWER: 2,
    Outcome.TIMEOUT: 3,
    Outcome.BROKEN_ITEM: 4,
}
BAD_USAGE, BAD_LINE, NOT_HERE, STOPPED, NOBODY_READS = 64, 65, 69, 130, 141

HELP = r"""
one answer:
  python -m qftapp.verification --contract contract.json --answer answer.txt

many answers, an object of JSON a line; a verdict a line comes back, in the same order:
  python -m qftapp.verification --input answers.jsonl > verdicts.jsonl
  other-program | python -m qftapp.verification --contract contract.json | third-program

fields of a line:
  answer         the response, required
  contract       the contract
  contract_file  or a file that holds it, found from the folder of the input
  gold, symbols  or gold in LaTeX and the domains of its symbols, {"m": "positive", "\\theta": [0, 3.1]};
                 with them any of kind, equality, tolerance, conventions, unit, assumptions, labels, constant
  id             anything; comes back with the verdict
Lines with none of the three are judged by --contract. Other fields are passed over.

exit codes:
    0  correct; of many answers: every line has a verdict
    1  wrong
    2  unreadable, or no answer
    3  timeout
    4  broken item
   64  bad usage or bad contract; standard error says why, each problem of a contract with its path
   65  some line has no verdict; in its place stands {"line": n, "error": "…"}
   69  Python cannot be run safely on this machine
  130  stopped by Ctrl-C
  141  nobody reads the verdicts any more
"""


class _BadUsage(Exception):
    """What was asked for cannot be done; the message says why, line by line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with the code for bad usage, which argparse would give to a wrong answer."""
        self.print_usage(sys.stderr)
        self.exit(BAD_USAGE, f"{message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks and return the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.answer and not asked.contract:
        parser.error("--answer needs --contract")
    if asked.answer and asked.input:
        parser.error("--answer is for one answer, --input for many")
    if not asked.answer and not asked.input and sys.stdin.isatty():
        parser.error("give --contract and --answer, or --input, or lines on standard input")
    try:
        contract = _contract(asked.contract) if asked.contract else None
        if contract and asked.answer:
            return _judge_one(contract, asked)
        return _judge_many(contract, asked)
    except _BadUsage as error:
        sys.stderr.write(f"{error}\n")
        return BAD_USAGE
    except SandboxUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return NOT_HERE
    except BrokenPipeError:
        # What is left in the buffer would fail once more while Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except KeyboardInterrupt:
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m qftapp.verification",
        description="Judge answers against contracts.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--contract", metavar="FILE", help="the contract, JSON")
    parser.add_argument("--answer", metavar="FILE", help="one response, - for standard input")
    parser.add_argument("--json", action="store_true", help="print the one verdict as JSON")
    parser.add_argument("--input", metavar="FILE", help="many answers, JSON lines; without it, standard input")
    parser.add_argument("--processes", type=_count, metavar="N", help="as many as processors, if not told")
    parser.add_argument("--evidence", action="store_true", help="with each of many verdicts the values compared")
    parser.add_argument("--quiet", action="store_true", help="no progress on the terminal")
    parser.add_argument("--seconds", type=_duration, default=10.0, help="for one verdict (10)")
    parser.add_argument("--seed", type=int, help="fixes the points, which are secret otherwise")
    return parser


def _count(text: str) -> int:
    if not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return int(text)


def _duration(text: str) -> float:
    if not 0 < float(text) <= 86_400:
        raise argparse.ArgumentTypeError("must be more than 0 and at most a day")
    return float(text)


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except OSError as error:
        raise _BadUsage(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _BadUsage(f"{name}: is not UTF-8") from None


def _contract(name: str) -> Contract:
    try:
        return Contract.from_json(json.loads(_read(name)))
    except ContractError as error:
        raise _BadUsage(
            "\n".join(f"{problem.path or 'contract'}: {problem.message}" for problem in error.problems)
        ) from None
    except (ValueError, RecursionError) as error:
        raise _BadUsage(f"{name}: is not JSON: {error}") from None


def _judge_one(contract: Contract, asked: argparse.Namespace) -> int:
    verdict = verify(contract, _read(asked.answer), seed=asked.seed, deadline_seconds=asked.seconds)
    text = json.dumps(verdict.to_json()) if asked.json else _for_people(verdict)
    sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
    sys.stdout.buffer.flush()
    return EXIT_CODES[verdict.outcome]


def _for_people(verdict: Verdict) -> str:
    lines = [f"{verdict.outcome.replace('_', ' ')}: {verdict.reason}"]
    if diagnosis := verdict.diagnosis:
        lines.append(f"diagnosis: {diagnosis.words}")
    for point in verdict.evidence.get("points", ()):
        where = ", ".join(f"{name} = {value}" for name, value in point["arguments"].items())
        lines.append(f"  {where + ': ' if where else ''}gold {point['gold']}, answer {point['answer']}")
    return "\n".join(lines)


def _judge_many(contract: Contract | None, asked: argparse.Namespace) -> int:
    from qftapp.verification.bulk import NoProcess, Progress, Rules, Tally, judge_stream  # not for one answer

    rules = Rules(
        seconds=asked.seconds,
        seed=asked.seed,
        folder=str(Path(asked.input).parent) if asked.input else ".",
        contract=json.dumps(contract.to_json()) if contract else "",
        with_evidence=asked.evidence,
    )
    tally = Tally()
    with contextlib.ExitStack() as stack:
        source = _opened(asked.input, stack)
        progress = None
        if sys.stderr.isatty() and not asked.quiet:
            progress = Progress(sys.stderr, _size(source))
            stack.callback(progress.end, tally)
        processes = asked.processes or cores()
        try:
            judge_stream(source, sys.stdout.buffer, rules=rules, processes=processes, tally=tally, progress=progress)
        except NoProcess as error:
            sys.stderr.write(f"{error}\n")
            return NOT_HERE
    return BAD_LINE if tally.errors else 0


def _opened(name: str | None, stack: contextlib.ExitStack) -> int:
    if name in (None, "-"):
        return sys.stdin.fileno()
    try:
        return stack.enter_context(Path(str(name)).open("rb")).fileno()
    except OSError as error:
        raise _BadUsage(f"{name}: {error.strerror}") from None


def _size(source: int) -> int | None:
    """Return the bytes of a file, None for what is no file."""
    status = os.fstat(source)
    return status.st_size if stat.S_ISREG(status.st_mode) else None


if __name__ == "__main__":
    sys.exit(main())
