"""The paper's tables put into the database, all of them or none."""

from django.db import connection, transaction

from qftapp.actors.models import LanguageModel, User
from qftapp.charts.saving import save_report
from qftapp.charts.scope import Scope
from qftapp.demo.paper import answers, errors, placeholders
from qftapp.demo.paper.aggregates import EvaluationSet, Paper, read
from qftapp.demo.paper.placeholders import Placeholders
from qftapp.releases.models import Release
from qftapp.runs.words import ask_for_words

SYNTHETIC, ADAPTED, LENGTHS, ERRORS = "paper-synthetic", "paper-adapted", "paper-lengths", "paper-errors"
REPORTS = {
    SYNTHETIC: "accuracy on its synthetic sets",
    ADAPTED: "accuracy on the sets that people adapted",
    LENGTHS: "tokens and backtracks",
    ERRORS: "major errors on the ten most improved problems",
}
FILLED = [f"qftapp_{table}" for table in ("item", "itemversion", "trace", "grade", "annotation", "spanlabel")]
"""Tables that grow so much at once that what the database knew of them would mislead its plans."""

MADE_UP = (
    "Only the aggregates are the paper's: which item or answer carries them was made up, so that intervals, "
    "differences by item and anything finer than the tables mean nothing."
)


def is_loaded() -> bool:
    """Whether the tables are here."""
    return Release.objects.filter(name=ERRORS).exists()


@transaction.atomic
def load(by: User) -> bool:
    """Make releases, runs, grades and annotations, by an engineer; returns False where they are here already."""
    if is_loaded():
        return False
    paper = read()
    models = answers.models(paper, by)
    _accuracy(SYNTHETIC, [one for one in paper.sets if not one.is_adapted], paper, models, by)
    _accuracy(ADAPTED, [one for one in paper.sets if one.is_adapted], paper, models, by)
    _lengths(paper, models, by)
    _errors(paper, models, by)
    compared = tuple(models[name] for name in paper.lengths)
    for release, title in reversed(REPORTS.items()):  # the last saved stands first
        scope = Scope(models=compared, release=Release.objects.get(name=release))
        save_report(scope, by=by, title=f"{paper.paper}: {title}")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(FILLED)}")
    transaction.on_commit(ask_for_words)
    return True


def about(paper: Paper, what: str) -> str:
    """The notes of a release or run."""
    return f"{paper.title} ({paper.licence}): {what}. Reconstructed aggregates, not anyone's traces. {MADE_UP}"


def _accuracy(name: str, sets: list[EvaluationSet], paper: Paper, models: dict[str, LanguageModel], by: User) -> None:
    versions = {one.slug: placeholders.make(Placeholders.of(one), paper, by) for one in sets}
    notes = about(paper, REPORTS[name])
    release = placeholders.release(name, [version for some in versions.values() for version in some], notes, by)
    for model in paper.lengths:
        given = [answer for one in sets for answer in answers.of_set(one, versions[one.slug], model, paper)]
        answers.run(models[model], release, given, notes, by)
    for taught in sets:
        if taught.slug == paper.students.set:
            for model in paper.students.average:
                given = answers.of_set(taught, versions[taught.slug], model, paper, paper.students.samples)
                answers.run(models[model], release, given, about(paper, f"accuracy on {taught.title}"), by)


def _lengths(paper: Paper, models: dict[str, LanguageModel], by: User) -> None:
    wanted = Placeholders("lengths", "Tokens and backtracks", paper.length_items)
    versions = placeholders.make(wanted, paper, by)
    notes = about(paper, REPORTS[LENGTHS])
    release = placeholders.release(LENGTHS, versions, notes, by)
    for model, lengths in paper.lengths.items():
        answers.run(models[model], release, answers.of_lengths(lengths, versions, model, paper), notes, by)


def _errors(paper: Paper, models: dict[str, LanguageModel], by: User) -> None:
    wanted = Placeholders("errors", "The ten most improved problems", paper.error_items)
    versions = placeholders.make(wanted, paper, by)
    notes = about(paper, f"{REPORTS[ERRORS]}; which responses are right is not known")
    release = placeholders.release(ERRORS, versions, notes, by)
    for model, counted in paper.errors.items():
        run = answers.run(models[model], release, errors.of_errors(counted, versions, model, paper), notes, by)
        errors.annotate(run, counted, model)
