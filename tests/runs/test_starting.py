"""Starting a run that asks: what is asked, what is refused, the pages that show how far it has come."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.releases.models import Release
from qftapp.runs.asking import actions
from qftapp.runs.asking.progress import duration, progress_of
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import FailedRequest, Run
from tests import factories
from tests.runs.asking import plan, started

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings):
    settings.ENDPOINTS = {"local": "http://127.0.0.1:1/v1"}


def refusal(**given) -> str:
    with pytest.raises(ValidationError) as refused:
        started(**given)
    assert not Run.objects.exists()
    return " ".join(refused.value.messages)


def test_started_run_holds_its_items_and_waits_for_a_worker():
    run = started(3, samples_per_item=4)

    assert (run.state, run.size, run.items.count()) == ("queued", 12, 3)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name, job.lock, job.args) == (
        "ask_run",
        "asking",
        f"run:{run.pk}",
        {"run_id": run.pk},
    )
    assert Event.objects.get(verb="run.started").data == {"items": 3, "requests": 12}


def test_no_job_is_left_behind_where_a_run_is_not_started():
    with transaction.atomic():
        started()
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_name_follows_from_model_and_items():
    wanted = plan(model=factories.LanguageModelFactory(slug="qwen"))
    name = wanted.selection.release.name
    first, second = (actions.start(wanted, by=factories.person("farah")) for _ in range(2))

    assert (first.slug, second.slug) == (f"qwen-{name}-test", f"qwen-{name}-test-2")


def test_only_engineers_start_runs():
    with pytest.raises(PermissionDenied):
        actions.start(plan(), by=factories.person("alice"))


def test_endpoint_of_nobody_is_refused():
    assert "Choose an endpoint" in refusal(endpoint="https://stranger.example/v1")


def test_evaluation_needs_a_frozen_release_and_a_split():
    opened = factories.ReleaseFactory()
    frozen = factories.frozen_release()

    assert "needs a frozen release" in refusal(selection=Selection(opened, "test"))
    assert "needs a frozen release" in refusal(selection=Selection())
    assert "needs one split" in refusal(selection=Selection(frozen))
    assert "No item is chosen" in refusal(selection=Selection(frozen, "train"))


def test_versions_in_review_teach_nobody():
    factories.ItemVersionFactory(state="review")

    assert "only to check items" in refusal(purpose="teach", selection=Selection(in_review=True))


def test_too_many_requests_are_refused():
    wanted = plan(1)
    with pytest.raises(ValidationError, match="at most 1,000,000"):
        actions.start(replace(wanted, samples_per_item=1_000_001), by=factories.person("farah"))


def test_filters_choose_approved_versions():
    wanted = factories.approved(slug="gauge")
    factories.approved()
    factories.ItemVersionFactory()

    run = started(purpose="teach", selection=Selection(filters={"q": "gauge"}))

    assert [item.item_version for item in run.items.all()] == [wanted]
    assert (run.release, run.split) == (None, "")


def test_run_is_cancelled_and_goes_on():
    run = started()
    farah = factories.person("farah")

    assert actions.cancel(run.pk, by=farah).state == "cancelled"
    with pytest.raises(Conflict, match="cancelled already"):
        actions.cancel(run.pk, by=farah)
    assert actions.go_on(run.pk, by=farah).state == "queued"
    with pytest.raises(Conflict, match="queued already"):
        actions.go_on(run.pk, by=farah)
    assert ProcrastinateJob.objects.count() == 2


def test_run_with_every_answer_does_not_go_on():
    run = factories.asked(state="done", finished_at=factories.timezone.now())
    with pytest.raises(Conflict, match="every answer"):
        actions.go_on(run.pk, by=factories.person("farah"))


def test_imported_run_is_not_asked():
    with pytest.raises(Conflict, match="not asked from here"):
        actions.go_on(factories.RunFactory().pk, by=factories.person("farah"))


@pytest.mark.parametrize("act", [actions.cancel, actions.go_on])
def test_only_engineers_steer_runs(act):
    with pytest.raises(PermissionDenied):
        act(started().pk, by=factories.person("alice"))


def failed(run: Run, reason: str, sample: int) -> FailedRequest:
    version = run.items.first().item_version
    return FailedRequest.objects.create(run=run, item_version=version, sample_index=sample, reason=reason)


def test_progress_counts_what_came_and_why_the_rest_did_not():
    run = started(1, samples_per_item=10)
    for sample in range(4):
        factories.TraceFactory(run=run, item_version=run.items.first().item_version, sample_index=sample)
    failed(run, "too long", 5)
    failed(run, "too long", 6)
    failed(run, "refused", 7)

    progress = progress_of(run)

    assert (progress.answered, progress.failed, progress.missing, progress.without_answer) == (4, 3, 3, 6)
    assert progress.reasons == (("too long", 2), ("refused", 1))


def test_rate_is_that_of_the_last_answers():
    run = started(1, samples_per_item=10)
    now = factories.timezone.now()
    Run.objects.filter(pk=run.pk).update(state="running", started_at=now - factories.timezone.timedelta(seconds=60))
    run.refresh_from_db()
    for sample in range(5):
        factories.TraceFactory(run=run, item_version=run.items.first().item_version, sample_index=sample)

    progress = progress_of(run)

    assert progress.per_minute == pytest.approx(5, rel=0.05)
    assert progress.tokens_per_second == pytest.approx(5 * 40 / 60, rel=0.05)
    assert progress.left == "1 min"


def test_run_that_stands_still_says_so_and_no_time_left():
    run = started(1, samples_per_item=10)
    now = factories.timezone.now()
    begun = now - factories.timezone.timedelta(seconds=240)
    Run.objects.filter(pk=run.pk).update(state="running", started_at=begun)
    run.refresh_from_db()
    version = run.items.first().item_version
    for sample in range(5):
        at = begun + factories.timezone.timedelta(seconds=10 * sample)
        factories.TraceFactory(run=run, item_version=version, sample_index=sample, created_at=at)

    progress = progress_of(run)

    assert (progress.silence, progress.left) == ("3 min", "")
    factories.TraceFactory(run=run, item_version=version, sample_index=5)
    progress = progress_of(run)
    assert (progress.silence, progress.left) == ("", "3 min")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59, "59 s"), (90, "2 min"), (3599, "1 h"), (7500, "2 h 5 min"), (400_000, "5 days")],
)
def test_time_left_is_told_in_words(seconds, words):
    assert duration(seconds) == words


def form(release: Release, **given) -> dict:
    fields = {"model": "qwen", "endpoint": "local", "prompt": factories.default_prompt().pk, "purpose": "evaluate"}
    fields |= {"release": release.name, "split": "test", "samples_per_item": 3, "in_flight": 8}
    return fields | {"request_seconds": 600, "temperature": "0.7", "max_tokens": "1000", "seed": "4"} | given


def test_run_is_started_on_its_page(client):
    client.force_login(factories.person("farah"))
    factories.LanguageModelFactory(slug="qwen")
    release = factories.frozen_release()

    sent = client.post("/new-run/", form(release))

    run = Run.objects.get()
    assert sent.status_code == 302
    assert run.slug in sent.headers["Location"]
    assert run.sampling == {"temperature": 0.7, "max_tokens": 1000, "seed": 4}
    assert (run.release, run.split, run.samples_per_item, run.in_flight) == (release, "test", 3, 8)


def test_page_says_how_many_requests_it_will_be(client):
    client.force_login(factories.person("farah"))
    release = factories.frozen_release(factories.approved(), factories.approved())

    headers = {"HX-Request": "true", "HX-Target": "size"}
    told = client.get("/new-run/", form(release), headers=headers).content.decode()
    untold = client.get("/new-run/", form(release, split=""), headers=headers).content.decode()

    assert "2 items × 3 samples = <strong>6 requests</strong>, at most 6000 output tokens" in told
    assert "No item is chosen yet" in untold


def test_address_fills_the_form(client):
    client.force_login(factories.person("farah"))
    factories.approved(slug="gauge")
    factories.approved()

    page = client.get("/new-run/?purpose=teach&q=gauge&samples_per_item=5")

    assert "1 item × 5 samples" in page.content.decode()
    assert page.context["is_filtered"]
    assert not page.context["asking"].is_bound


def test_refusal_stands_at_its_field_and_keeps_the_form(client):
    client.force_login(factories.person("farah"))
    factories.LanguageModelFactory(slug="qwen")

    page = client.post("/new-run/", form(factories.ReleaseFactory(), notes="Third try."))

    assert page.status_code == 422
    assert "needs a frozen release" in page.context["selection"].errors["release"][0]
    assert "Third try." in page.content.decode()


def test_page_of_a_run_asks_for_itself_while_it_goes_on(client):
    client.force_login(factories.person("farah"))
    run = started()
    address = f"/runs/{run.slug}/asking/"

    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    client.post(f"{address}cancel/")
    part = client.get(address, headers={"HX-Request": "true"})

    assert part.headers["HX-Refresh"] == "true"
    assert "every 2s" not in part.content.decode()
    assert "Go on" in part.content.decode()
    client.post(f"{address}continue/")
    run.refresh_from_db()
    assert run.state == "queued"


def test_readers_see_a_run_and_steer_nothing(client):
    client.force_login(factories.person("dana"))
    run = started()

    page = client.get(f"/runs/{run.slug}/asking/").content.decode()

    assert "0 of 4" in page
    assert "Cancel" not in page
    assert client.post(f"/runs/{run.slug}/asking/cancel/").status_code == 403


def test_page_of_a_run_tells_its_sampling_in_words(client):
    client.force_login(factories.person("dana"))
    page = client.get(f"/runs/{started().slug}/").content.decode()
    assert "<dt>Sampling</dt><dd>temperature 1, top-p 0.9, at most 8 tokens, seed 5</dd>" in page


def test_failed_requests_have_twins(client):
    client.force_login(factories.person("dana"))
    run = started()
    one = failed(run, "too long", 0)

    lines = client.get(f"/runs/{run.slug}/asking/failed.csv").getvalue().decode().splitlines()
    rows = client.get(f"/runs/{run.slug}/asking/failed.json").getvalue().decode()

    assert lines[1].startswith(f"{one.item_version.item.slug},1,0,too long,")
    assert '"reason":"too long"' in rows
