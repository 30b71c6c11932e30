"""`manage.py import_traces FILE --run SLUG --model SLUG --as USER`: traces from a file, without a page or a worker."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import BaseCommand, CommandError

from qftapp.actors.errors import Conflict
from qftapp.actors.http import reasons
from qftapp.actors.models import LanguageModel, User
from qftapp.releases.models import Release
from qftapp.runs.importing import actions, preview, working
from qftapp.runs.importing.columns import OURS
from qftapp.runs.models import Run, TraceImport

SHOWN = 20
"""Refused rows that are printed."""

SOME_REFUSED, NOT_DONE, INTERRUPTED = 1, 2, 130

HELP = f"""Bring the traces of a file into a run: all that are sound, or none.

Exit codes: 0 everything is here now, {SOME_REFUSED} some rows were refused, {NOT_DONE} nothing came,
{INTERRUPTED} interrupted."""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--run", required=True, metavar="SLUG", help="an imported run, made where there is none")
        parser.add_argument("--model", metavar="SLUG", help="the language model of a new run")
        parser.add_argument("--as", required=True, dest="by", metavar="USER", help="the engineer who brings it")
        parser.add_argument("--purpose", choices=Run.Purpose.values, default=Run.Purpose.EVALUATE)
        parser.add_argument("--release", metavar="NAME", help="whose versions are meant where rows name none")
        parser.add_argument("--notes", default="")
        parser.add_argument("--format", choices=TraceImport.Format.values, help="where the file's name does not tell")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help=f"a column of the file that its name does not give away; ours are {', '.join(OURS)}",
        )

    def handle(self, *, file: Path, by: str, **options: Any) -> None:
        person = User.objects.filter(username=by, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody is called {by}.", returncode=NOT_DONE)
        try:
            found = self._hand_in(file, person, options)
            columns = self._columns(found, options["map"])
            actions.begin(found.pk, by=person, columns=columns, in_background=False)
        except (ValidationError, Conflict) as error:
            raise CommandError(" ".join(reasons(error)), returncode=NOT_DONE) from None
        except (PermissionDenied, OSError) as error:
            raise CommandError(str(error), returncode=NOT_DONE) from None
        try:
            done = working.execute(found.pk, told=self._progress(found.bytes))
        except KeyboardInterrupt:
            actions.cancel(found.pk, by=person)
            self.stderr.write("Interrupted; nothing of it came.")
            sys.exit(INTERRUPTED)
        self._tell(done)

    def _hand_in(self, file: Path, person: User, options: dict[str, Any]) -> TraceImport:
        """The file, handed in for the run of that name, which is made where there is none."""
        run = Run.objects.filter(slug=options["run"]).first()
        if run is None:
            model = LanguageModel.objects.filter(slug=options["model"] or "").first()
            if model is None:
                raise CommandError("A new run needs the --model it is of, one that is registered.", returncode=NOT_DONE)
            release = Release.objects.filter(name=options["release"], frozen_at__isnull=False).first()
            if options["release"] and release is None:
                raise CommandError(f"No frozen release is called {options['release']}.", returncode=NOT_DONE)
            about = {"purpose": options["purpose"], "release": release, "notes": options["notes"]}
            run = actions.make_run(Run(slug=options["run"], model=model, **about), by=person)
        with file.open("rb") as stream:
            named: dict[str, Any] = {"filename": file.name, "format": options["format"] or ""}
            return actions.hand_in(stream, run=run, by=person, **named)

    def _columns(self, found: TraceImport, given: list[str]) -> dict[str, str]:
        """The guessed columns with the given ones in their places; an empty one is taken out."""
        rows = preview.first_rows(Path(found.file.path), found.format)
        columns = preview.chosen(rows, found.format, given)
        self.stderr.write("Columns: " + ", ".join(f"{ours}={theirs}" for ours, theirs in columns.items()))
        return columns

    def _progress(self, total: int) -> working.Told:
        started = time.monotonic()

        def told(rows: int, size: int) -> None:
            if self.stderr.isatty():
                rate = size / max(time.monotonic() - started, 0.001)
                left = f", {(total - size) / max(rate, 1):.0f} s left" if size < total else ", storing …"
                text = f"{rows:,} rows, {size / 1e6:,.0f} of {total / 1e6:,.0f} MB, {rate / 1e6:.0f} MB/s{left}"
                self.stderr.write(f"\r\033[K{text}", ending="\n" if size >= total else "")
                self.stderr.flush()

        return told

    def _tell(self, done: TraceImport) -> None:
        if done.state != TraceImport.State.DONE:
            raise CommandError(done.error or f"The import is {done.state}.", returncode=NOT_DONE)
        report = done.report
        for one in report["first_refused"][:SHOWN]:
            self.stderr.write(f"line {one['line']}: {one['item']}: {one['reason']}")
        if report["refused"] > SHOWN:
            self.stderr.write(f"… and {report['refused'] - SHOWN:,} more")
        words = "{arrived:,} arrived, {present:,} were here already, {refused:,} refused, of {rows:,} rows"
        self.stdout.write(words.format(**report))
        if report["refused"]:
            sys.exit(SOME_REFUSED)
