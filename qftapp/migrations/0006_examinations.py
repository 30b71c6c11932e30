"""Reports of the gate that are remembered, what a review judged and whether it was solved, who added a source."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ADDED_BY = """
UPDATE qftapp_source AS source SET added_by_id = event.actor_id
FROM qftapp_event AS event
WHERE event.verb = 'source.added' AND event.subject = 'source:' || source.id
"""


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0005_search")]
    operations = [
        migrations.CreateModel(
            name="GateRecord",
            fields=[
                (
                    "key",
                    models.CharField(
                        help_text="SHA-256 of content and verifier version.",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("report", models.JSONField()),
                ("made_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            "review",
            "content",
            models.JSONField(blank=True, help_text="The wording that was judged, where it went back.", null=True),
        ),
        migrations.AddField(
            "review",
            "own_answer",
            models.CharField(
                blank=True,
                help_text="Outcome of the reviewer's own answer to this wording; empty without one.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "source",
            "added_by",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(ADDED_BY, migrations.RunSQL.noop),
    ]
