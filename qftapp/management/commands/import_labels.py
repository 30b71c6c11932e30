"""`manage.py import_labels`: annotations from JSON lines, ours or in the shape of PRM800K."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from qftapp.labels import importing
from qftapp.labels.models import Taxonomy
from qftapp.runs.models import Run

SOME_REFUSED = 1


class Command(BaseCommand):
    help = (
        "Bring annotations of the traces of a run; what is there already stays. Each refused line is named with its "
        "reason; ends with 1 if there was one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--run", required=True, metavar="SLUG", help="The run whose traces they speak of.")
        parser.add_argument("--taxonomy", required=True, metavar="SLUG")
        parser.add_argument("--number", type=int, help="The number of the taxonomy; the last published by default.")
        parser.add_argument("--category", metavar="CODE", help="What wrong steps of PRM800K's shape are marked with.")

    def handle(self, *, file: Path, run: str, taxonomy: str, **options: Any) -> None:
        found_run = Run.objects.filter(slug=run).first()
        if found_run is None:
            raise CommandError(f"No run is called {run}.")
        numbers = Taxonomy.objects.filter(slug=taxonomy, published_at__isnull=False).order_by("-number")
        if options["number"]:
            numbers = numbers.filter(number=options["number"])
        found_taxonomy = numbers.first()
        if found_taxonomy is None:
            raise CommandError(f"No published taxonomy is called {taxonomy}.")
        category = found_taxonomy.categories.filter(code=options["category"] or "").first()
        if options["category"] and category is None:
            raise CommandError(f"{found_taxonomy} has no category {options['category']}.")
        try:
            with file.open("rb") as lines:
                report = importing.bring(lines, importing.Into(found_run, found_taxonomy, category))
        except (OSError, importing.NoLabels) as error:
            raise CommandError(str(error)) from None
        for number, reason in report.refused:
            self.stderr.write(f"line {number}: {reason}")
        words = f"{report.arrived:,} arrived, {report.present:,} were here already, {len(report.refused):,} refused"
        self.stdout.write(words)
        if report.refused:
            sys.exit(SOME_REFUSED)
