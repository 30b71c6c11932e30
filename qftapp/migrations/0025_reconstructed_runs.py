"""Runs may be reconstructed from a paper's aggregates, and batches hold the placeholders of its items."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0024_backtracks")]
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
        ),
        migrations.AlterField(
            model_name="batch",
            name="format",
            field=models.CharField(
                choices=[
                    ("items", "Items as JSON lines"),
                    ("tpbench", "TPBench columns"),
                    ("aggregates", "Aggregates of a paper"),
                ],
                max_length=10,
            ),
        ),
    ]
