"""Gold, candidate and second solution alike: something that has a value at every point."""

import time
from collections.abc import Sequence

from qftapp.verification import columns, sandbox
from qftapp.verification.answers import Solution
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS, USUAL, TooSlow, evaluator, working_precision
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.records import record
from qftapp.verification.sandbox import Call, Execution, Job, Limits
from qftapp.verification.tree import Node
from qftapp.verification.values import UNDECIDED, UNDEFINED, Point, Value, from_wire, is_defined, is_unknown, to_wire

_NOTHING = "it returns None (a forgotten `return`?)"


class SandboxUnavailable(RuntimeError):
    """Python cannot be run safely on this machine; nothing is known about the answer."""


@record
class Values:
    """The values of a solution at the points asked for: undefined where an error (its text) says why.

    `status` and `message` are those of the sandbox, ok for an expression; `seconds` are spent on each point. `tree` is
    what they are the values of, None for Python that was run.
    """

    values: tuple[Value, ...]
    errors: tuple[str, ...]
    seconds: tuple[float, ...]
    status: str = "ok"
    message: str = ""
    tree: Node | None = None

    def part(self, start: int, stop: int) -> "Values":
        """Return the values at some of the points."""
        cut = slice(start, stop)
        return Values(self.values[cut], self.errors[cut], self.seconds[cut], self.status, self.message)

    def reversed(self) -> "Values":
        """Return the values in the opposite order of the points."""
        return Values(self.values[::-1], self.errors[::-1], self.seconds[::-1], self.status, self.message)

    def defined(self) -> list[int]:
        """Return the indices of the points at which the solution has a value."""
        return [index for index, value in enumerate(self.values) if not self.errors[index] and is_defined(value)]


def evaluate_expression(
    node: Node,
    points: Sequence[Point],
    bits: int,
    stop_at: float = float("inf"),
    *,
    spacetime: Spacetime = USUAL,
    gives_up: bool = False,
) -> Values:
    """Return the values of a tree; past the time `stop_at` (of time.monotonic) the status is timeout.

    If it `gives_up`, the points behind one where no value was found are left undecided too.
    """
    with working_precision(bits):
        found = columns.values(node, points, stop_at)
    if found is not None:
        return _computed(_given_up(found) if gives_up else found, node)
    values: list[Value] = []
    value_at = evaluator(node, bits, spacetime)
    try:
        for point in points:
            if time.monotonic() > stop_at:
                raise TooSlow
            values.append(value_at(point, stop_at))
            if gives_up and is_unknown(values[-1]):
                return _computed([*values, *[UNDECIDED] * (len(points) - len(values))], node)
    except TooSlow:
        return _cut_off(values, len(points))
    return _computed(values, node)


def _given_up(values: list[Value]) -> list[Value]:
    """Return values with those behind the first that was not found left undecided."""
    for place, value in enumerate(values, 1):
        if is_unknown(value):
            return [*values[:place], *[UNDECIDED] * (len(values) - place)]
    return values


def _computed(values: Sequence[Value], node: Node | None) -> Values:
    return Values(tuple(values), ("",) * len(values), (0.0,) * len(values), tree=node)


def _cut_off(values: Sequence[Value], count: int) -> Values:
    """Return the values computed in time, of `count`."""
    rest = count - len(values)
    message = "the expression could not be computed in time"
    errors = ("",) * len(values) + (message,) * rest
    return Values((*values, *(UNDEFINED,) * rest), errors, (0.0,) * count, "timeout", message)


def run_python(
    sources: Sequence[tuple[str, Sequence[Point]]],
    entry_point: str,
    seconds: float,
    *,
    in_twin: bool = False,
    unsigned_zeros: bool = False,
) -> list[Execution]:
    """Run several sources of one author in one process, with other hashes `in_twin`. Raises SandboxUnavailable."""
    jobs = [
        Job(
            source,
            entry_point,
            [Call(tuple(map(to_wire, point.values())), tuple(point)) for point in points],
            unsigned_zeros,
        )
        for source, points in sources
    ]
    executions = sandbox.run_many(jobs, limits=Limits(seconds=max(seconds, 0.05)), in_twin=in_twin)
    for execution in executions:
        if execution.status == "unavailable":
            raise SandboxUnavailable(execution.message)
    return list(executions)


def values_of(execution: Execution) -> Values:
    """Return what an execution computed."""
    with working_precision(BITS[0]):
        values = tuple(UNDEFINED if result.error else from_wire(result.value) for result in execution.results)
    errors = tuple(result.error or _NOTHING * (result.value is None) for result in execution.results)
    seconds = tuple(result.seconds for result in execution.results)
    return Values(values, errors, seconds, execution.status, execution.message)


def compute(
    contract: Contract,
    solution: Solution,
    points: Sequence[Point],
    seconds: float,
    bits: int,
    *,
    unsigned_zeros: bool = False,
    gives_up: bool = False,
) -> Values:
    """Return the values of a solution at the points, Python by its program or else in a process of its own.

    If it `gives_up`, an expression is left undecided behind the first point where it is. Raises SandboxUnavailable.
    """
    stop_at = time.monotonic() + seconds
    if isinstance(solution.body, str):
        program = None if unsigned_zeros else solution.program
        if program and (values := program.values(points, stop_at - seconds / 2)) is not None:
            return _computed(values, program.tree)
        seconds = stop_at - time.monotonic()
        sources = [(solution.body, points)]
        return values_of(run_python(sources, contract.entry_point, seconds, unsigned_zeros=unsigned_zeros)[0])
    spacetime = Spacetime.of(contract.conventions)
    return evaluate_expression(solution.body, points, bits, stop_at, spacetime=spacetime, gives_up=gives_up)
