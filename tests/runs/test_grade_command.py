"""Grading from a shell."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from qftapp.runs.models import Grade, Grading
from qftapp.verification import VERIFIER_VERSION
from tests import factories
from tests.runs import grading_of
from tests.runs.grading_of import RIGHT, TWICE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engineer():
    return factories.person("farah")


def grade(capsys, *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed and told."""
    code = 0
    try:
        call_command("grade", "--by", "farah", "--processes", "1", *arguments)
    except SystemExit as end:
        code = int(end.code)
    return code, *capsys.readouterr()


def test_all_runs_are_graded_and_differences_told(capsys):
    new, old = grading_of.run_of(RIGHT), grading_of.run_of(RIGHT, TWICE)
    grading_of.graded_before(old, "wrong", "wrong")
    code, printed, _ = grade(capsys, "--all")

    assert code == 0
    assert printed.splitlines() == [
        f"{new.slug}: 1 traces graded by verifier {VERIFIER_VERSION}.",
        f"{old.slug}: 2 traces graded by verifier {VERIFIER_VERSION}.",
        "  1 of 2 would change:",
        "  wrong → correct: 1",
        f"  They wait to be accepted: {old.gradings.get().get_absolute_url()}",
    ]
    assert grading_of.outcomes(old, is_current=True) == ["wrong", "wrong"]


def test_new_grades_are_accepted_where_that_is_asked(capsys):
    run = grading_of.run_of(RIGHT)
    grading_of.graded_before(run, "wrong")
    code, printed, _ = grade(capsys, "--run", run.slug, "--accept")

    assert (code, printed.splitlines()[-1]) == (0, f"  1 grades of verifier {VERIFIER_VERSION} count now.")
    assert grading_of.outcomes(run, is_current=True) == ["correct"]
    assert grade(capsys, "--run", run.slug)[1] == f"Every trace of {run} has a grade by verifier {VERIFIER_VERSION}.\n"


def test_grading_that_does_not_go_to_its_end_ends_with_1(capsys):
    run = grading_of.run_of(RIGHT)
    cancelled = "UPDATE qftapp_grading SET state = 'cancelled', finished_at = now() WHERE id = NEW.id"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION stop_at_once() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {cancelled}; RETURN NULL; END $$;"
            "CREATE TRIGGER stops AFTER INSERT ON qftapp_grading FOR EACH ROW EXECUTE FUNCTION stop_at_once()"
        )
    code, _, told = grade(capsys, "--run", run.slug)

    assert (code, told) == (1, f"{run.slug}: cancelled. \n")
    assert (Grading.objects.count(), Grade.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--run", "nothing", "--by", "farah"], "No run is called nothing"),
        (["--all", "--by", "nobody"], "Nobody is called nobody"),
        (["--by", "farah"], "one of the arguments --run --all is required"),
    ],
)
def test_bad_usage_is_refused(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("grade", *arguments)
