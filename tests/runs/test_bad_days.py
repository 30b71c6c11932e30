"""What becomes of a run whose endpoint refuses, stalls, talks nonsense or is not there."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from qftapp.runs.asking import actions
from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.selecting import Selection
from tests import factories
from tests.runs.asking import SAMPLING, answering, started, triples
from tests.servers import completion

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (401, {}, {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}})


@pytest.fixture(autouse=True)
def little_patience(settings):
    settings.ENDPOINT_PATIENCE_SECONDS = 1


def failure(run) -> str:
    run.refresh_from_db()
    assert run.state == "failed"
    return run.error


def test_key_of_the_endpoint_is_read_when_it_is_sent(monkeypatch):
    monkeypatch.setenv("ENDPOINT_A_VENDOR_KEY", "sk-right")
    with answering(completion(), name="a-vendor") as server:
        execute(started(1, endpoint="a-vendor").pk)

    assert server.keys == {"Bearer sk-right"}


def test_key_of_the_client_library_is_sent_to_no_endpoint(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    with answering(completion()) as server:
        execute(started(1).pk)

    assert server.keys == {"Bearer none"}


def test_wrong_key_ends_the_run_at_once_and_names_the_variable(monkeypatch):
    monkeypatch.setenv("ENDPOINT_LOCAL_KEY", "sk-wrong")
    with answering(REFUSED) as server:
        run = started(3)
        execute(run.pk)

    error = failure(run)
    assert error.startswith("local refuses the key (401: Incorrect API key provided.). Set ENDPOINT_LOCAL_KEY")
    assert "sk-wrong" not in error
    assert len(server.asked) <= run.in_flight


def test_unknown_model_ends_the_run_at_once():
    with answering((404, {}, {"error": {"message": "The model `x` does not exist."}})):
        run = started(3)
        execute(run.pk)

    assert "(404: The model `x` does not exist.)" in failure(run)


def test_endpoint_that_the_settings_no_longer_name_fails_the_run():
    with answering(completion()):
        run = started(1)

    execute(run.pk)

    assert failure(run).startswith("No endpoint is called “local” here")


def test_unreachable_endpoint_fails_the_run_after_a_while_and_it_goes_on_later():
    with answering(completion()):
        run = started(2)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ENDPOINTS", {"local": address})
        execute(run.pk)
    assert failure(run).startswith("local took no request for 1 s: it cannot be reached.")
    assert not run.failed_requests.exists()

    with answering(completion()):
        actions.go_on(run.pk, by=factories.person("farah"))
        assert execute(run.pk) == "done"
    assert len(triples(run)) == 4


def test_who_says_wait_is_asked_again_after_that_time():
    asked_at = []

    def hurried(body):
        asked_at.append(time.monotonic())
        busy = (429, {"Retry-After": "1"}, {"error": {"message": "Slow down."}})
        return busy if len(asked_at) == 1 else completion()

    with answering(hurried):
        run = started(1, samples_per_item=1)
        assert execute(run.pk) == "done"

    assert asked_at[1] - asked_at[0] >= 1


def test_errors_of_the_server_are_got_over():
    with answering(lambda body: (500, {}, "oh") if len(server.asked) == 1 else completion()) as server:
        run = started(1, samples_per_item=1)
        assert execute(run.pk) == "done"

    assert len(triples(run)) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((400, {}, {"error": {"message": "This model's context is 10 tokens."}}), "400: This model's context is 10"),
        ((422, {}, {"detail": "Unexpected fields"}), "422: Unexpected fields"),
        ((200, {}, "{not json"), "The answer is not"),
        ((200, {"Content-Type": "text/html"}, "<h1>Welcome</h1>"), "The answer is not a chat completion"),
        ((200, {}, {"choices": []}), "The answer is not a chat completion"),
        ((200, {}, {"choices": [{"index": 0}]}), "The answer is not a chat completion"),
        ((200, {}, []), "The answer is not a chat completion"),
    ],
)
def test_request_that_fails_alone_is_kept_with_its_reason_and_tried_again(reply, reason):
    first = []

    def once_wrong(body):
        first.append(body["seed"])
        return reply if body["seed"] == first[0] else completion()

    with answering(once_wrong):
        run = started(2)
        assert execute(run.pk) == "done"
        assert [failed.reason[: len(reason)] for failed in run.failed_requests.all()] == [reason]
        assert len(triples(run)) == 3

        actions.go_on(run.pk, by=factories.person("farah"))
        first[:] = [None]
        assert execute(run.pk) == "done"
    assert (len(triples(run)), run.failed_requests.count()) == (4, 0)


def test_answer_that_takes_too_long_is_given_up():
    def slow(body):
        if body["seed"] == server.asked[0]["seed"]:
            time.sleep(1.5)
        return completion()

    with answering(slow) as server:
        run = started(2, samples_per_item=1, request_seconds=1, in_flight=2)
        assert execute(run.pk) == "done"

    assert run.failed_requests.get().reason.startswith("No answer within 1 s, 3 times")


def test_failures_in_a_row_end_the_run_before_all_is_asked():
    with answering((400, {}, {"error": {"message": "temperature is not supported"}})) as server:
        run = started(10, samples_per_item=8)
        execute(run.pk)

    assert "temperature is not supported" in failure(run)
    assert len(server.asked) < 40


def test_limit_goes_by_its_other_name_where_the_server_wants_that():
    def newer(body):
        if "max_tokens" in body:
            return 400, {}, {"error": {"message": "Use 'max_completion_tokens' instead of 'max_tokens'."}}
        return completion()

    with answering(newer) as server:
        run = started(3)
        assert execute(run.pk) == "done"

    assert server.asked[-1]["max_completion_tokens"] == SAMPLING["max_tokens"]
    assert not run.failed_requests.exists()


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_cancelled_run_drops_what_waits_within_two_seconds():
    def never(body):
        time.sleep(20)
        return completion()

    with answering(never) as server:
        run = started(2)
        farah = factories.person("farah")
        with ThreadPoolExecutor(1) as worker:
            asked = worker.submit(execute, run.pk)
            wait_until(lambda: len(server.asked) == 4)
            actions.cancel(run.pk, by=farah)
            cancelled_at = time.monotonic()
            state = asked.result()
        took = time.monotonic() - cancelled_at

    run.refresh_from_db()
    assert (state, run.state, triples(run)) == ("cancelled", "cancelled", set())
    assert took < 2


def test_run_that_is_told_to_leave_waits_for_the_next_worker():
    with answering(lambda body: time.sleep(0.2) or completion()) as server:
        run = started(4, samples_per_item=4, in_flight=1)
        assert execute(run.pk, must_leave=lambda: len(server.asked) > 1) == "queued"
        run.refresh_from_db()
        assert (run.state, run.finished_at) == ("queued", None)
        assert 0 < len(triples(run)) < 16


def test_what_cannot_be_stored_is_shown_and_what_is_no_count_left_out():
    usage = {"prompt_tokens": -1, "completion_tokens": 10**12, "total_tokens": None}
    with answering(completion("a\0b\ud800c", usage=usage, finish_reason="x" * 50)):
        run = started(1, samples_per_item=1)
        assert execute(run.pk) == "done"

    trace = run.traces.get()
    assert (trace.text, trace.finish_reason) == ("a␀b?c", "x" * 20)
    assert (trace.input_tokens, trace.output_tokens) == (None, None)


def test_versions_in_review_are_asked_to_check_them():
    version = factories.ItemVersionFactory(state="review")
    with answering(completion()):
        run = started(purpose="check_items", selection=Selection(in_review=True), samples_per_item=1)
        assert execute(run.pk) == "done"

    assert triples(run) == {(version.pk, 0)}
