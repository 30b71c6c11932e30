"""Traces found by their words, in whichever notation either side is written."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.runs import searching, tasks, words
from qftapp.runs.models import Trace, TraceWords
from qftapp.runs.searching import search
from tests.factories import TraceFactory, person

pytestmark = pytest.mark.django_db


SLOW = """
CREATE OR REPLACE FUNCTION qft_must_be_read(words tsvector) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 1000 AS $$
BEGIN
    PERFORM pg_sleep(5);
    RETURN true;
END $$
"""


def plain(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT qft_plain(%s)", [text])
        return cursor.fetchone()[0]


def is_found(text: str, asked: str) -> bool:
    trace = TraceFactory(text=text)
    words.make_words()
    return Trace.objects.filter(search(asked), pk=trace.pk).exists()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"$\alpha_s(M_Z)$", "alpha s m z"),
        (r"\gamma^{5}", "gamma 5"),
        ("γ⁵", "gamma 5"),
        ("gamma5", "gamma 5"),
        (r"E=mc^2", "e mc 2"),
        (r"F^{\mu\nu}F_{\mu\nu}", "f mu nu f mu nu"),
        (r"\frac{g^2}{16\pi^2}\left(1+\varepsilon\right)", "g 2 16 pi 2 1 epsilon"),
        ("g²/(16π²)·(1+ϵ)", "g 2 16 pi 2 1 epsilon"),
        (r"\mathcal{L}_{\text{int}}", "l int"),
        (r"\mathrm{Tr}\,\Phi^\dagger\Phi", "tr phi dagger phi"),
        ("Φ†Φ", "phi dagger phi"),
        ("∂_μ A^μ and ℏ", "partial mu a mu and hbar"),
        ("g**2*m/(8*math.pi)", "g 2 m 8 math pi"),
        ("<think>two-body phase-space</think>", "think two body phase space think"),
        (r"\begin{aligned} x & y \end{aligned}", "aligned x y aligned"),
        (r"\textcolor{red} \leftarrow", "textcolor red leftarrow"),
        ("", ""),
        ("…!?", ""),
    ],
)
def test_notation_is_taken_off(source, expected):
    assert plain(source) == expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (r"the $\beta$ function of QCD", r"\beta function"),
        ("the β-function", r'"\beta function"'),
        (r"with $\gamma_5$ anticommuting", "gamma_5"),
        (r"tr(gamma5 @ gamma_mu)", r"\gamma^5"),
        (r"F^{\mu\nu}", r"F_{\mu\nu}"),
        (r"$\frac{g^2}{16\pi^2}$", "g^2/(16π²)"),
        ("x<M and M>y", "M y"),
        ("see http://example.org/a_b?c=d&e", "example.org"),
        ("1.5e-3 GeV", "GeV 1.5e-3"),
        ("ΛQCD", "λqcd"),
        ("a" * 3000 + " kept", "kept"),
    ],
)
def test_what_is_written_is_found(text, asked):
    assert is_found(text, asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (r"$\alpha$ and s", r"\alpha_s"),
        ("function beta", '"beta function"'),
        ("a wrong sign", "sign -wrong"),
        ("a very wrong sign", 'sign -"very wrong"'),
        ("one", "one two"),
    ],
)
def test_what_is_not_written_is_not_found(text, asked):
    assert not is_found(text, asked)


def test_empty_search_finds_every_trace_and_one_without_words_none():
    TraceFactory()
    words.make_words()
    assert Trace.objects.filter(search("  ")).count() == 1
    assert Trace.objects.filter(search("…")).count() == 0


@pytest.mark.parametrize("asked", ['"', "-", '-"', "\\", "' & | ! ( ) <-> :*", "\0", "%s %(x)s", "ﷺ" * 500, "-only"])
def test_no_search_breaks(asked):
    TraceFactory()
    words.make_words()
    assert Trace.objects.filter(search(asked)).count() in (0, 1)


def distinct_words(letters: str) -> str:
    """A million characters of short words that all differ: the most that a tsvector can be made to hold."""
    return " ".join(a + b + c for a in letters for b in letters for c in letters)[:1_000_000]


@pytest.mark.parametrize(
    "text",
    [
        distinct_words("".join(chr(0x4E00 + n) for n in range(70))),
        distinct_words("".join(chr(0x20000 + n) for n in range(70))),
        "α" * 1_000_000,
        " ".join(f"ﷺ{n}" for n in range(100_000)),
        "x" * 1_000_000,
    ],
)
def test_no_trace_is_too_long_for_its_words(text):
    TraceFactory(text=text)
    assert words.make_words()
    assert TraceWords.objects.count() == 1


def test_words_are_made_once_and_for_what_came_late():
    first, second = TraceFactory(), TraceFactory()
    words.make_words()
    TraceWords.objects.filter(trace=first).delete()
    TraceFactory()
    assert words.make_words()
    assert TraceWords.objects.count() == 3
    assert TraceWords.objects.filter(trace=second).count() == 1


def test_job_that_is_not_done_asks_for_another(monkeypatch):
    TraceFactory()
    monkeypatch.setattr(words.make_words, "__kwdefaults__", {"seconds": 0})
    tasks.make_words_of_traces()
    assert ProcrastinateJob.objects.filter(task_name="make_words_of_traces").count() == 1
    assert not TraceWords.objects.exists()


def test_search_that_takes_too_long_says_so(client, monkeypatch):
    monkeypatch.setattr(searching, "PATIENCE_SECONDS", 0.1)
    trace = TraceFactory()
    words.make_words()
    with connection.cursor() as cursor:
        cursor.execute(SLOW)
    client.force_login(person("dana"))
    assert "looks at too many traces" in client.get("/traces/?q=phase").content.decode()
    assert client.get("/api/traces/?q=phase").status_code == 400
    assert client.get(f"/traces/{trace.pk}/?q=phase").status_code == 200
    assert "looks at too many traces" not in client.get("/traces/").content.decode()


def test_list_says_that_the_newest_traces_have_no_words_yet(client):
    TraceFactory()
    client.force_login(person("dana"))
    assert "not found by their words yet" in client.get("/traces/?q=phase").content.decode()
    words.make_words()
    assert "not found by their words yet" not in client.get("/traces/?q=phase").content.decode()


@pytest.mark.django_db(transaction=True)
def test_words_are_made_over_several_connections():
    for _ in range(5):
        TraceFactory()
    assert words.make_words(connections=3)
    assert TraceWords.objects.count() == 5
