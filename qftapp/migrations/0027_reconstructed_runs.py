"""Runs may be reconstructed from a paper's aggregates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0022_jobs")]
    operations = [
        migrations.AlterField(
            model_name="run",
            name="origin",
            field=models.CharField(
                choices=[
                    ("asked", "Asked from here"),
                    ("imported", "Imported"),
                    ("written", "Written by hand for the demo"),
                    ("reconstructed", "Reconstructed from a paper's aggregates"),
                ],
                max_length=16,
            ),
        )
    ]
