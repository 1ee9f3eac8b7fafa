"""Folders, drivers, the clock, the terminal and the document."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from agent_world import PAGE, PIN, World

from hocba_agent import refusals, sessions, settings, terminal
from hocba_agent.clock import SteadyClock
from hocba_agent.refusals import RULES
from hocba_agent.sessions import State
from hocba_agent.settings import config_folder, usual_drivers
from hocba_agent.terminal import TerminalWindow, ask_pin

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "formats" / "signing-agent.md"


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"HOME": "/home/a"}, "linux", "/home/a/.config/hocba-agent"),
        ({"HOME": "/home/a", "XDG_CONFIG_HOME": "/x"}, "linux", "/x/hocba-agent"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Application Support/hocba-agent"),
        ({"USERPROFILE": "/u", "LOCALAPPDATA": "/u/l"}, "win32", "/u/l/hocba-agent"),
        ({"USERPROFILE": "/u"}, "win32", "/u/AppData/Local/hocba-agent"),
    ],
)
def test_the_folder_is_where_the_system_has_it(
    environment: dict[str, str], platform: str, folder: str
) -> None:
    assert config_folder(environment, platform) == Path(folder)


def test_drivers_are_found_where_their_installers_put_them(tmp_path: Path) -> None:
    system = tmp_path / "System32"
    system.mkdir()
    for name in ("viettel-ca_v6.dll", "eps2003csp11.dll", "unknown.dll"):
        (system / name).touch()
    (system / "vnptca_p11_v8.dll").symlink_to(system / "viettel-ca_v6.dll")
    found = usual_drivers({"SYSTEMROOT": str(tmp_path)}, "win32")
    assert [Path(row).name for row in found] == ["viettel-ca_v6.dll", "eps2003csp11.dll"]


@pytest.mark.parametrize(
    ("wall", "monotonic", "passed"),
    [(5.0, 5.0, 5.0), (3600.0, 5.0, 3600.0), (-3600.0, 5.0, 5.0), (-1.0, 0.0, 0.0)],
)
def test_time_passes_through_sleep_and_changed_clocks(
    wall: float, monotonic: float, passed: float
) -> None:
    readings = {"wall": 100.0, "monotonic": 50.0}
    clock = SteadyClock(lambda: readings["wall"], lambda: readings["monotonic"])
    readings["wall"] += wall
    readings["monotonic"] += monotonic
    assert clock() == passed
    assert clock() == passed


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> TerminalWindow:
    return TerminalWindow(14500, browser=False, pin_here=True)


def test_the_terminal_shows_the_code_and_what_is_to_be_signed(
    world: World, here: TerminalWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    world.ask(world.pair())
    here.pairing_asked(world.window.pairings[0])
    here.pin_wanted(world.window.sessions[0])
    shown = capsys.readouterr().out
    code = world.window.pairings[0].code
    assert f"{code[:3]} {code[3:]}" in shown
    assert shown.count(PAGE) == 4
    assert "Ký 45 học bạ lớp 4A1" in shown


def test_the_pin_may_be_given_in_the_terminal(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.ask(world.pair())
    answers = iter(["999999", PIN])
    ask_pin(world.agent, world.window.sessions[0], lambda prompt: next(answers))
    assert world.window.sessions[0].state is State.OPEN
    shown = capsys.readouterr().out
    assert "Mã PIN không đúng" in shown
    assert PIN not in shown


def test_an_empty_line_refuses(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.ask(world.pair())
    ask_pin(world.agent, world.window.sessions[0], lambda prompt: "")
    assert world.window.sessions[0].state is State.REFUSED


def test_a_browser_that_does_not_open_leaves_the_address(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(terminal.webbrowser, "open", lambda address: bool(opened.append(address)))
    world.ask(world.pair())
    TerminalWindow(14500, browser=True, pin_here=False).pin_wanted(world.window.sessions[0])
    assert opened[0].startswith("http://127.0.0.1:14500/pin/")
    assert opened[0] in capsys.readouterr().out


def test_threads_never_sign_more_than_the_session_allows(world: World) -> None:
    token = world.pair()
    name = world.opened(token, 40)
    pairing = world.store.rows[0]
    session = world.agent.session(pairing, name)
    algorithm = session.certificate.algorithms[0]
    made: list[bytes] = []

    def work(first: int) -> None:
        for number in range(20):
            try:
                digest = (first * 100 + number).to_bytes(32, "big")
                made.extend(world.agent.sign(session, algorithm, [digest]))
            except refusals.Refusal as refusal:
                assert refusal.code in {"count-exceeded", "session-used"}

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 40
    assert session.state is State.USED


def test_the_document_tells_every_refusal_state_and_limit() -> None:
    text = DOCUMENT.read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", text, re.MULTILINE))
    assert rows == {code: str(rule.status) for code, rule in RULES.items()}
    for state in sessions.State:
        assert f"`{state.value}`" in text
    for number in (
        settings.DEFAULT_PORT,
        settings.MAX_DIGESTS,
        settings.MAX_SIGNATURES,
        settings.MAX_OPENINGS,
    ):
        assert str(number) in text
