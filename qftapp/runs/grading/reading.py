"""How the answer of a grade was read: as a formula for people, from the answer that the grade keeps."""

from qftapp.runs.models import Grade
from qftapp.verification import Contract, ContractError
from qftapp.verification.equivalence import response_of
from qftapp.verification.extract import Answer
from qftapp.verification.readback import Readback, read_back


def readings_of(grade: Grade, contract: object) -> tuple[Readback, ...]:
    """What the answer was read as under the contract (JSON) of its item; nothing where it was not read."""
    if not grade.answer or grade.detail.get("is_cut"):
        return ()
    answer = Answer("code" if grade.detail.get("form") == "code" else "text", grade.answer)
    try:
        return read_back(Contract.from_json(contract), response_of(answer))
    except ContractError:
        return ()


def formula_of(grade: Grade, contract: object) -> str:
    """The answer as one formula, empty for code and for what was not read or in two ways: so a group is shown."""
    readings = readings_of(grade, contract)
    parts = [latex for latex, _ in readings[0].parts] if len(readings) == 1 else []
    return " = ".join(parts) if all(parts) else ""
