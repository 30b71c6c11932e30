"""What the network loses is sent again, as the server wishes; what is refused is told apart."""

import email.utils
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.servers import Reply, vendor
from training.client import Client, Lost, Refused, Unreachable, retry_after

STATE = (200, {}, {"state": "running"})


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """A function that makes a client of a server; it hangs up in the end."""
    made = []

    def make(address: str, **given) -> Client:
        made.append(Client(address.removesuffix("/v1"), "qft_secret", **({"patience": 5} | given)))
        return made[-1]

    yield make
    for client in made:
        client.close()


def answering(*replies: Reply):
    """A server that gives these answers one after the other, the last one for ever."""
    left = list(replies)
    return vendor(lambda body: left.pop(0) if len(left) > 1 else left[0])


def test_token_is_sent_as_bearer(client_of):
    with answering(STATE) as server:
        assert client_of(server.address).report("job", "claim", {"progress": 1}) == "running"
        assert server.keys == {"Bearer qft_secret"}
        assert server.asked == [{"claim": "claim", "progress": 1}]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_succeed_later_is_sent_again(client_of, status):
    with answering((status, {}, {}), (status, {}, {}), STATE) as server:
        assert client_of(server.address).end("job", "claim") == "running"
        assert len(server.asked) == 3


def test_server_says_how_long_to_wait(client_of):
    with answering((503, {"Retry-After": "1"}, {}), STATE) as server:
        began = time.monotonic()
        client_of(server.address).leave("job", "claim")
        assert time.monotonic() - began >= 1


def test_waiting_beyond_all_patience_is_not_begun(client_of):
    with answering((503, {"Retry-After": "3600"}, {})) as server:
        with pytest.raises(Unreachable, match="503"):
            client_of(server.address).leave("job", "claim")
        assert len(server.asked) == 1


def test_nobody_there_is_unreachable(client_of):
    with pytest.raises(Unreachable, match="Connect"):
        client_of("http://127.0.0.1:9", patience=1).leave("job", "claim")


def test_whoever_is_to_stop_tries_no_second_time(client_of):
    stopping = threading.Event()
    stopping.set()
    with answering((503, {}, {})) as server:
        with pytest.raises(Unreachable):
            client_of(server.address, patience=60, stopping=stopping).leave("job", "claim")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(409, Lost), (400, Refused), (401, Refused), (403, Refused), (404, Refused)]
)
def test_no_is_told_apart_and_not_asked_again(client_of, status, error):
    with answering((status, {}, {"detail": "No."})) as server:
        with pytest.raises(error, match="No"):
            client_of(server.address).report("job", "claim", {})
        assert len(server.asked) == 1


def test_wait_may_be_said_as_a_date():
    at = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < retry_after(at) <= 91
    assert (retry_after("7"), retry_after(""), retry_after("soon")) == (7.0, None, None)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
