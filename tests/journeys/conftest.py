"""The platform as a visitor gets it, started once with data of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # the importlib mode adds no paths
from running_platform import Platform

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 400
"""A demo is furnished in about 30 seconds; on a machine that is busy it takes much longer."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """Start `hocba demo` on ports of its own; stop it with Ctrl+C as a person would.

    While a journey is written, `HOCBA_JOURNEYS_AT` names a demo that runs already (its data in
    `HOCBA_VAR`).
    """
    if running := os.environ.get("HOCBA_JOURNEYS_AT"):
        yield Platform(running, Path(os.environ["HOCBA_VAR"]))
        return
    if "PYTEST_XDIST_WORKER" in os.environ:
        _refuse_scattered(request.session.items)
    parent = REPOSITORY / "var" / "journeys"
    var = parent / str(os.getpid())
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    port, certificates, agent = _free_port(), _free_port(), _free_port()
    log = (var / "demo.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "hocba_server.demo"),
            *("--port", str(port), "--certificate-port", str(certificates)),
        ],
        env={
            **os.environ,
            "HOCBA_VAR": str(var),
            "HOCBA_AGENT_URL": f"http://127.0.0.1:{agent}",
            "DJANGO_SETTINGS_MODULE": "",
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(process, var / "demo.log")
        yield Platform(f"http://127.0.0.1:{port}", var, agent)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        log.close()
        shutil.rmtree(var, ignore_errors=True)


def _refuse_scattered(items: Sequence[pytest.Item]) -> None:
    """Every worker would furnish a demo of its own, and the journeys would change it at once."""
    scattered = [each for each in items if "journeys" in each.path.parts and "@" not in each.nodeid]
    if scattered:
        pytest.fail("pytest-xdist does not keep the group “journeys” together")


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while "(ready)" not in (text := log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the demo did not start:\n{text[-3000:]}")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium; for one file, because Playwright's event loop runs as long as it does, and
    Django refuses its database to whatever the same worker tests meanwhile."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("KHÔNG kiểm thử hành trình: chưa cài chromium (chromium is not installed)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor with a laptop screen."""
    expect.set_options(timeout=20_000)
    visitor = browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="vi-VN", accept_downloads=True
    )
    visitor.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.set_default_timeout(20_000)
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when the browser reports an error (scripts, policy, 404)."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on(
        "console",
        lambda message: (
            problems.append(f"{message.text} {message.location.get('url', '')}")
            if message.type == "error"
            else None
        ),
    )
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    assert problems == []
