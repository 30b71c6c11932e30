"""What every test may rely on: a database of its own and, for journeys, a browser."""

import os
import shutil
import signal
from collections.abc import Iterator

import hypothesis
import psutil
import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests import gate
from tests.servers import ModelServer, tiny_model_server

# The same examples every time: a change is judged by what it changes. `--hypothesis-profile=default` looks further.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# The journeys use the ORM while Playwright's event loop runs in the same thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# A shell starts what it runs in the background without an ear for interrupts, and so would be what the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = settings.DATA_DIR / "screenshots"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker) -> Iterator[None]:
    """Keep the embedded server running while the tests need a database."""
    if settings.EMBEDDED_SERVER is None:
        yield
        return
    with settings.EMBEDDED_SERVER.use():
        with django_db_blocker.unblock():
            drop_databases_of_killed_runs()
        yield


def drop_databases_of_killed_runs() -> None:
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_qft_\d+(_gw\d+)?$'")
        for (name,) in cursor.fetchall():
            if not psutil.pid_exists(int(name.split("_")[2])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Tell fixtures whether the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown():
    """Open the gate again once the tables are empty."""
    try:
        return (yield)
    finally:
        gate.unlock()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, from CHROMIUM or the path; its event loop, which runs in this thread, ends with the module."""
    if not CHROMIUM:
        reason = "no Chromium: install it, or set CHROMIUM=/path/to/chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to be root with it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def model_server(tmp_path_factory) -> Iterator[ModelServer]:
    """A real server of language models, with a tiny one."""
    with tiny_model_server(tmp_path_factory.mktemp("model")) as server:
        yield server


@pytest.fixture
def page(browser: Browser, live_server, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a fresh session, relative addresses being the live server's; a failed journey leaves a screenshot."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    try:
        context.set_default_timeout(10_000)
        page = context.new_page()
        yield page
        if request.node.stash.get(FAILED, False):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png", full_page=True)
    finally:
        context.close()
        gate.shut()
