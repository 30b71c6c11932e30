"""`manage.py seed_demo`: the demo world, as far as it is not there yet."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from qftapp.demo import seeding


class Command(BaseCommand):
    help = "Load the demo world: people, sources, items in every state, releases. Never in production."

    def handle(self, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The demo world has well-known passwords; it is not for production.")
        seeding.seed(self._say)
        self.stdout.write("\r\033[K" if self.stdout.isatty() else "", ending="")
        self.stdout.write("The demo world is there.")

    def _say(self, line: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K  {line}", ending="")
            self.stdout.flush()
