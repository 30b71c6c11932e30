"""The campaign that journeys at the desk label."""

import pytest

from qftapp.labels.models import Campaign, CampaignTrace
from tests.e2e.labelling import TEXT, taxonomy
from tests.factories import TraceFactory, person


@pytest.fixture
def campaign() -> Campaign:
    """A blind campaign over two traces, each for two people."""
    fields = {"slug": "pilot", "title": "Pilot", "created_by": person("emil"), "overlap": 2}
    campaign = Campaign.objects.create(taxonomy=taxonomy(), **fields)
    for position in range(2):
        CampaignTrace.objects.create(campaign=campaign, trace=TraceFactory(text=TEXT), position=position)
    return campaign
