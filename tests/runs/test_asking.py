"""A run asks a model for everything it lacks, against a real server with a tiny model."""

import pytest

from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import Trace
from tests import factories
from tests.runs.asking import started, triples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def local(settings, model_server):
    settings.ENDPOINTS = {"local": model_server.address}
    return model_server


def test_run_gets_every_answer_it_asked_for(local):
    model = factories.LanguageModelFactory(locator=local.model)
    run = started(3, model=model, samples_per_item=2)

    assert execute(run.pk) == "done"

    run.refresh_from_db()
    asked = {(item.item_version_id, sample) for item in run.items.all() for sample in range(2)}
    assert (run.state, run.error, triples(run)) == ("done", "", asked)
    assert run.finished_at
    assert run.started_at


def test_answer_is_kept_with_what_the_server_says_of_it(local):
    run = started(1, model=factories.LanguageModelFactory(locator=local.model), samples_per_item=1)

    execute(run.pk)

    trace = Trace.objects.get()
    assert (trace.finish_reason, trace.output_tokens) == ("length", 8)
    assert trace.input_tokens > 100
    assert trace.seconds > 0
    assert trace.text


def test_samples_of_an_item_differ_and_come_again_with_the_same_seed(local):
    model = factories.LanguageModelFactory(locator=local.model)
    first = started(1, model=model, samples_per_item=3, in_flight=1)
    execute(first.pk)
    texts = [trace.text for trace in first.traces.order_by("sample_index")]
    again = started(model=model, samples_per_item=3, in_flight=1, selection=selection_of(first))
    execute(again.pk)

    assert len(set(texts)) == 3
    assert [trace.text for trace in again.traces.order_by("sample_index")] == texts


def test_model_that_the_server_does_not_have_fails_the_run_with_its_words(local):
    run = started(1, model=factories.LanguageModelFactory(locator="nobody/knows-it"))

    assert execute(run.pk) == "failed"

    run.refresh_from_db()
    assert run.error == "Every request failed; the reasons stand below."
    assert "requested 'nobody/knows-it'" in run.failed_requests.first().reason


def selection_of(run):
    return Selection(release=run.release, split=run.split)
