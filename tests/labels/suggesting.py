"""What tests of suggestions begin with: a server that judges as the test wants, and what it was asked."""

import json
from contextlib import contextmanager

from qftapp.labels.models import Campaign, Suggesting
from qftapp.labels.suggesting import actions
from qftapp.labels.suggesting.actions import Plan
from tests.factories import LanguageModelFactory, person
from tests.runs.asking import answering
from tests.servers import completion

SOUND = json.dumps({"verdict": "sound", "comment": "All of it holds.", "marks": []})


def flawed(step: int = 2, category: str = "mathematical", **given) -> str:
    """A reply that marks one step."""
    return json.dumps({"verdict": "flawed", "marks": [{"step": step, "category": category, **given}]})


def asked(campaign: Campaign, model=None, **given) -> Suggesting:
    """A suggesting that waits for the worker; the endpoint `local` must be there."""
    plan = Plan(model=model or LanguageModelFactory(), endpoint="local", **given)
    return actions.ask(campaign.pk, plan, by=person("emil"))


@contextmanager
def judging(*replies: str):
    """The endpoint `local`, giving these replies in turn, the last one for ever."""
    left = list(replies)

    def next_reply(body):
        return completion(left.pop(0) if len(left) > 1 else left[0])

    with answering(next_reply) as server:
        yield server


def suggested(campaign: Campaign, *replies: str, model=None) -> Suggesting:
    """A suggesting whose model has given these replies to the traces in their order."""
    with judging(*replies):
        suggesting = asked(campaign, model, in_flight=1)
        actions.execute(suggesting.pk)
    suggesting.refresh_from_db()
    return suggesting
