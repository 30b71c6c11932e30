"""`manage.py recheck`: the checks of the whole bank again, and what changed against the stored reports."""

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management import BaseCommand, CommandError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.items import reviewing
from qftapp.items.models import ItemVersion
from qftapp.items.rechecking import Recheck, recheck
from qftapp.releases.models import Release
from qftapp.verification import VERIFIER_VERSION
from qftapp.verification.cores import cores

State = ItemVersion.State


class Command(BaseCommand):
    help = (
        "Run gold, near misses, the items' own tests and all other checks again, over all cores, and say what changed "
        "against the stored reports. Ends with 1 if something that passed fails now. Writes nothing without --store."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--state", action="append", choices=State.values, help="Versions in this state; may be repeated."
        )
        parser.add_argument("--release", metavar="NAME", help="Only the versions in this release.")
        parser.add_argument("--processes", type=int, default=cores(), help="Default: one for each core.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of text.")
        parser.add_argument("--store", action="store_true", help="Keep the new reports in place of the stored ones.")
        parser.add_argument("--by", metavar="USERNAME", help="Who stores; needed with --store.")

    def handle(self, **options: Any) -> None:
        by = self._actor(options["by"]) if options["store"] else None
        versions = self._versions(options["release"], options["state"])
        started = time.monotonic()
        done: list[Recheck] = []
        is_whole = True
        try:
            for found in recheck(versions, processes=options["processes"]):
                done.append(found)
                self._progress(len(done), len(versions), started)
        except KeyboardInterrupt:
            is_whole = False
        self._progress(0, 0, started)
        done.sort(key=lambda found: found.version.item.slug)
        stored = self._store(done, by) if by else 0
        summary = {
            "verifier_version": VERIFIER_VERSION,
            "versions": len(versions),
            "checked": len(done),
            "changed": sum(bool(found.changes) for found in done),
            "failing": sum(found.loses for found in done),
            "stored": stored,
            "seconds": round(time.monotonic() - started, 1),
        }
        if options["json"]:
            items = [found.to_json() for found in done if found.changes]
            self.stdout.write(json.dumps({**summary, "items": items}, ensure_ascii=False, indent=1))
        else:
            self._tell(done, summary)
        if not is_whole:
            sys.exit(130)
        if summary["failing"]:
            sys.exit(1)

    def _actor(self, username: str | None) -> User:
        found = User.objects.filter(username=username, is_active=True).first() if username else None
        if found is None:
            raise CommandError("Say with --by who stores the reports; the log names them.")
        return found

    def _versions(self, release: str | None, states: list[str] | None) -> list[ItemVersion]:
        versions = ItemVersion.objects.select_related("item").order_by("item__slug", "number")
        if release:
            found = Release.objects.filter(name=release).first()
            if found is None:
                raise CommandError(f"No release is called {release}.")
            versions = versions.filter(pk__in=found.entries.values("item_version"))
        if states or not release:
            versions = versions.filter(state__in=states or (State.REVIEW, State.APPROVED))
        return list(versions)

    def _progress(self, count: int, of: int, started: float) -> None:
        if not self.stderr.isatty():
            return
        seconds = time.monotonic() - started
        left = f", {seconds / count * (of - count):.0f} s left" if count else ""
        self.stderr.write(f"\r\033[K{f'{count} of {of}{left}' if of else ''}", ending="")
        self.stderr.flush()

    def _store(self, done: list[Recheck], by: User) -> int:
        """Keep the reports of the versions that were submitted; returns how many."""
        count = 0
        for found in done:
            version = found.version
            changes = [change.to_json() for change in found.changes]
            if not found.report.is_final:
                self.stderr.write(f"Not stored: {version} could not be checked whole on this machine.")
                continue
            try:
                reviewing.renew_gate(
                    version.pk, by=by, report=found.report, content_hash=version.content_hash, changes=changes
                )
            except Conflict as conflict:
                self.stderr.write(f"Not stored: {conflict}")
            else:
                count += 1
        return count

    def _tell(self, done: list[Recheck], summary: dict[str, Any]) -> None:
        for found in done:
            if not found.changes:
                continue
            verifiers = f"verifier {found.old_verifier or 'none'} → {found.report.verifier_version}"
            self.stdout.write(f"{found.version.item.slug} v{found.version.number} ({found.version.state}, {verifiers})")
            for change in found.changes:
                mark = "✕" if change.is_loss else " "
                self.stdout.write(f"  {mark} {change.title}: {change.old} → {change.new}. {change.message}".rstrip())
        kinds = Counter((change.old, change.new) for found in done for change in found.changes)
        for (old, new), count in sorted(kinds.items()):
            self.stdout.write(f"{old} → {new}: {count}")
        words = (
            "{checked} of {versions} versions checked by verifier {verifier_version} in {seconds} s; {changed} changed"
        )
        self.stdout.write(f"{words}, {{failing}} fail that passed; {{stored}} reports stored.".format(**summary))
