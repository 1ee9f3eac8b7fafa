"""`hocba-agent`: starts the agent, or lists and removes what is paired."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from hocba_agent import VERSION
from hocba_agent.agent import Agent, Surroundings
from hocba_agent.clock import SteadyClock
from hocba_agent.origins import own_origin, parse_origin
from hocba_agent.pairing import Chance
from hocba_agent.pairing_file import PairingFile
from hocba_agent.server import AgentServer
from hocba_agent.settings import (
    DEFAULT_MINUTES,
    DEFAULT_PORT,
    MAX_MINUTES,
    Settings,
    config_folder,
    usual_drivers,
)
from hocba_agent.terminal import TerminalWindow, say
from hocba_agent.tokens import Tokens

EXIT_USAGE, EXIT_PORT = 64, 75
CHANCE = Chance(
    code=lambda: f"{secrets.randbelow(1_000_000):06}", secret=lambda: secrets.token_urlsafe(32)
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hocba-agent", description="Phần mềm ký Học bạ số (Học bạ số signing agent)"
    )
    parser.add_argument("--version", action="version", version=VERSION)
    add = parser.add_argument
    add("--module", action="append", help="trình điều khiển PKCS#11 (driver), lặp lại được")
    add("--port", type=int, default=DEFAULT_PORT, help=f"cổng trên máy này, {DEFAULT_PORT}")
    add("--minutes", type=int, default=DEFAULT_MINUTES, help="thời gian một phiên ký (minutes)")
    add(
        "--allow-origin",
        action="append",
        default=[],
        help="chỉ trang này được xin ghép nối (only this page may ask), lặp lại được",
    )
    add("--pin", choices=["page", "terminal"], default="page", help="nơi nhập mã PIN")
    add("--no-browser", action="store_true", help="không tự mở trình duyệt, chỉ in địa chỉ")
    add("--folder", type=Path, help="thư mục cấu hình (configuration folder)")
    add("--pairings", action="store_true", help="liệt kê trang đã ghép nối (list)")
    add("--forget", metavar="TRANG", help="gỡ ghép nối một trang, hoặc all (remove)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Answers the exit code (sysexits.h)."""
    for stream in (sys.stdout, sys.stderr):
        _write_utf8(stream)
    chosen = _parser().parse_args(arguments)
    folder: Path = chosen.folder or config_folder(os.environ)
    if chosen.pairings or chosen.forget:
        return _pairings(PairingFile(folder), chosen.forget)
    bad = [origin for origin in chosen.allow_origin if parse_origin(origin) is None]
    if bad or not 1 <= chosen.port <= 65535 or not 1 <= chosen.minutes <= MAX_MINUTES:
        say(
            f"Tham số sai: địa chỉ trang phải như https://hocba.truong.vn, cổng 1-65535, thời gian "
            f"1-{MAX_MINUTES} phút.",
            "Wrong argument: an origin looks like https://hocba.truong.vn; check port and minutes.",
        )
        return EXIT_USAGE
    settings = Settings(
        modules=tuple(chosen.module or usual_drivers(os.environ)),
        folder=folder,
        port=chosen.port,
        session_minutes=chosen.minutes,
        allowed_origins=frozenset(chosen.allow_origin),
    )
    window = TerminalWindow(
        settings.port, browser=not chosen.no_browser, pin_here=chosen.pin == "terminal"
    )
    return _run(settings, window)


def _write_utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:  # a Windows console may not have Vietnamese letters
        reconfigure(encoding="utf-8", errors="replace")


def _pairings(store: PairingFile, forget: str | None) -> int:
    if forget:
        store.save([row for row in store.load() if forget not in ("all", row.origin)])
    rows = store.load()
    for row in rows:
        sys.stdout.write(f"{row.origin}  {row.paired_at:%d/%m/%Y}\n")
    if not rows:
        say("Chưa ghép nối trang nào.", "No page is paired.")
    return 0


def _run(settings: Settings, window: TerminalWindow) -> int:
    around = Surroundings(
        clock=SteadyClock(time.time, time.monotonic),
        today=lambda: datetime.now().astimezone(),
        chance=CHANCE,
        window=window,
    )
    agent = Agent(settings, Tokens(settings.modules), PairingFile(settings.folder), around)
    try:
        server = AgentServer(agent)
    except OSError:
        say(
            f"Cổng {settings.port} đang bị chương trình khác dùng. Nếu không phải phần mềm ký đang "
            "chạy sẵn, đừng nhập mã PIN và báo người quản trị máy.",
            f"Port {settings.port} is taken. Unless another agent is running, enter no PIN and "
            "tell your administrator.",
        )
        return EXIT_PORT
    server.start()
    if not settings.modules:
        say(
            "Chưa thấy trình điều khiển của thiết bị ký; cài rồi mở lại, hoặc dùng --module.",
            "No token driver found; install one and restart, or use --module.",
        )
    base = own_origin(settings.port)
    say(
        f"Phần mềm ký Học bạ số {VERSION} đang chạy (ready). Dừng: Ctrl+C.\n"
        f"Trang đã ghép nối và phiên ký: {base}/window/{agent.window_key}",
        "Running. The address above shows paired pages and sessions; keep it to yourself.",
    )
    # Also when the shell that started it in the background has told its children to ignore this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        window.run(agent)
    except (KeyboardInterrupt, EOFError):
        say("\nĐã dừng, thiết bị ký đã đăng xuất.", "Stopped; tokens are logged out.")
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
