"""`manage.py grade`: the verifier put to the traces of runs, here and now."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.runs.grading import actions, differences
from qftapp.runs.grading.execution import execute
from qftapp.runs.grading.queries import Pace
from qftapp.runs.models import Grading, Run
from qftapp.templatetags.grades import left_words, rate_words
from qftapp.verification import VERIFIER_VERSION
from qftapp.verification.cores import cores


class Command(BaseCommand):
    help = (
        f"Grade the traces of runs by verifier {VERIFIER_VERSION}, over all cores. Where grades of another verifier "
        "count, the new ones wait until they are accepted, here with --accept. Ends with 1 if some trace has no grade "
        "in the end, with 130 when stopped by Ctrl-C; what is graded stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--run", metavar="SLUG", action="append", help="This run; may be repeated.")
        chosen.add_argument("--all", action="store_true", help="Every run that has traces.")
        parser.add_argument(
            "--by", metavar="USERNAME", required=True, help="The engineer who asks; the log names them."
        )
        parser.add_argument("--accept", action="store_true", help="Let the new grades count at once.")
        parser.add_argument("--processes", type=int, default=cores(), help="Default: one for each core.")

    def handle(self, **options: Any) -> None:
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody is called {options['by']}.")
        is_whole = True
        for run in self._runs(options["run"]):
            try:
                grading = actions.request(run.pk, by=by, in_background=False)
            except Conflict as nothing_to_do:
                self.stdout.write(str(nothing_to_do))
                continue
            self._execute(grading, by, options["processes"])
            is_whole = is_whole and grading.state == Grading.State.DONE and not grading.error
            self._tell(grading, by if options["accept"] else None)
        if not is_whole:
            sys.exit(1)

    def _runs(self, slugs: list[str] | None) -> list[Run]:
        if not slugs:
            return list(Run.objects.filter(traces__isnull=False).distinct().order_by("pk"))
        found = {run.slug: run for run in Run.objects.filter(slug__in=slugs)}
        if unknown := [slug for slug in slugs if slug not in found]:
            raise CommandError(f"No run is called {', '.join(unknown)}.")
        return [found[slug] for slug in slugs]

    def _execute(self, grading: Grading, by: User, processes: int) -> None:
        try:
            execute(grading.pk, processes=processes, tell=self._progress)
        except KeyboardInterrupt:
            actions.cancel(grading.pk, by=by)
            self._line("")
            sys.exit(130)
        finally:
            grading.refresh_from_db()
        self._line("")

    def _progress(self, grading: Grading) -> None:
        pace = Pace.of(grading)
        parts = (f"{grading.run.slug}: {grading.progress:,} of {grading.size:,}", rate_words(pace), left_words(pace))
        self._line(", ".join(filter(None, parts)))

    def _line(self, text: str) -> None:
        """Replace the line of progress, where somebody looks."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{text}", ending="")
            self.stderr.flush()

    def _tell(self, grading: Grading, accepting: User | None) -> None:
        slug, version = grading.run.slug, grading.verifier_version
        if grading.state != Grading.State.DONE:
            self.stderr.write(f"{slug}: {grading.state}. {grading.error}")
            return
        if grading.error:
            self.stderr.write(f"{slug}: {grading.error}")
        self.stdout.write(f"{slug}: {grading.progress:,} traces graded by verifier {version}.")
        if not grading.waits:
            return
        table = differences.table(grading)
        self.stdout.write(f"  {table.changed:,} of {table.compared:,} would change:")
        for cell in table.cells:
            if cell.is_change:
                self.stdout.write(f"  {cell.old} → {cell.new}: {cell.count:,}")
        if accepting:
            count = actions.accept(grading.pk, by=accepting)
            self.stdout.write(f"  {count:,} grades of verifier {version} count now.")
        else:
            self.stdout.write(f"  They wait to be accepted: {grading.get_absolute_url()}")
