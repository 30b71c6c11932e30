"""`manage.py export_labels`: labels as JSON lines, for other programs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from qftapp.labels import exporting
from qftapp.labels.models import Annotation, Campaign, Taxonomy


class Command(BaseCommand):
    help = "Write the annotations that count, one JSON object a line, in our shape, ProcessBench's or PRM800K's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", metavar="SLUG", default="")
        parser.add_argument("--taxonomy", metavar="SLUG", default="")
        parser.add_argument("--number", type=int, help="The number of the taxonomy; all of them where none is given.")
        parser.add_argument("--kind", choices=Annotation.Kind.values, default="")
        parser.add_argument("--shape", choices=list(exporting.SHAPES), default="jsonl")
        parser.add_argument("--output", type=Path, metavar="FILE", help="Default: to standard output.")

    def handle(
        self, *, campaign: str, taxonomy: str, number: int | None, kind: str, shape: str, **options: Any
    ) -> None:
        if campaign and not Campaign.objects.filter(slug=campaign).exists():
            raise CommandError(f"No campaign is called {campaign}.")
        if taxonomy and not Taxonomy.objects.filter(slug=taxonomy).exists():
            raise CommandError(f"No taxonomy is called {taxonomy}.")
        lines = exporting.lines(shape, exporting.chosen(campaign, taxonomy, number, kind))
        output: Path | None = options["output"]
        if output is None:
            for line in lines:
                sys.stdout.write(line.decode())
            return
        with output.open("wb") as stream:
            stream.writelines(lines)
