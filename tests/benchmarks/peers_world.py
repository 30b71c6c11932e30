"""The world in which our pages stand beside other tools: people, items, a run, made where the server's database is.

Run by `peers_adapter.py` as `manage.py shell -c "from tests.benchmarks.peers_world import make; make('name')"`.
"""

from qftapp.actors import tokens
from qftapp.items.models import Item
from tests.factories import LanguageModelFactory, RunFactory, UserFactory, approved

ITEMS = 20
"""Items whose samples the traces are; a run takes no more than 1,024 of one."""

ANNOTATORS = 12
"""People who label at the same time."""


def make(name: str) -> None:
    """An engineer whose API token is printed, those who label, approved items, and an empty run of imported traces."""
    lead = UserFactory(username=f"{name}-lead", roles=["engineer", "adjudicator", "annotator"])
    for number in range(ANNOTATORS):
        UserFactory(username=f"{name}-{number}", roles=["annotator"])
    for number in range(ITEMS):
        slug = f"{name}-{number}"
        if not Item.objects.filter(slug=slug).exists():
            approved(slug)
    RunFactory(slug=name, origin="imported", model=LanguageModelFactory(slug=name), purpose="check_items")
    print(tokens.create(by=lead, name="bench")[1])
