"""The groups that stand for roles."""

from django.db import migrations

ROLES = ("author", "reviewer", "annotator", "adjudicator", "engineer")


def make_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("qftapp", "0002_immutability"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
