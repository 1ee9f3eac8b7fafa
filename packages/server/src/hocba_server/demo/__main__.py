"""`python -m hocba_server.demo`: the platform with an invented city, or the line without a browser.

demo [--reset] [--port 8000]        start; data stay under var/ and are there next time
demo --headless [--in DIR] --out DIR   one class's spreadsheets in, issued records out
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import webbrowser
from pathlib import Path
from types import FrameType

from hocba.errors import HocBaError
from hocba_certworld.csc.people import DEMO_CLIENT, DEMO_SECRET
from hocba_server.adapters.clock import SystemClock
from hocba_server.config.places import build_dir, var_dir
from hocba_server.demo.keys import KeyFolder
from hocba_server.demo.processes import (
    Supervisor,
    free_port,
    is_free,
    own_environment,
    wait_for_port,
)

CERTIFICATE_PORT = 8010
"""Stands in the demo's certificates as the address of OCSP and CRLs."""
FURNISHED = "furnished"
STORE_PORT_AFTER = 20
"""The Ministry's store listens this far behind the web port, unless that is taken."""


def main() -> int:
    """Read the arguments and run; answers the exit code."""
    parser = argparse.ArgumentParser(prog="hocba demo", description="Chạy bản trình diễn")
    parser.add_argument("--reset", action="store_true", help="làm lại từ đầu (begin anew)")
    parser.add_argument("--port", type=int, default=8000, help="cổng của trang web (web port)")
    parser.add_argument("--certificate-port", type=int, default=CERTIFICATE_PORT)
    parser.add_argument("--ministry-port", type=int, help="cổng Kho của Bộ, 0: không có (store)")
    parser.add_argument("--headless", action="store_true", help="không trình duyệt (no browser)")
    parser.add_argument("--in", dest="source", type=Path, help="thư mục bảng tính của một lớp")
    parser.add_argument("--out", dest="target", type=Path, help="thư mục kết quả")
    parser.add_argument("--open", action="store_true", help="mở trình duyệt (open a browser)")
    arguments = parser.parse_args()
    if arguments.headless and arguments.target is None:
        parser.error("--headless cần --out THƯ_MỤC (needs --out DIR)")
    if arguments.source is not None and not arguments.source.is_dir():
        parser.error(f"không có thư mục {arguments.source} (no such folder)")
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _interrupt)
    try:
        return _headless(arguments) if arguments.headless else _platform(arguments)
    except HocBaError as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return 70
    except KeyboardInterrupt:
        _say("đã dừng (stopped)")
        return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _platform(arguments: argparse.Namespace) -> int:
    folder = var_dir()
    for port in (arguments.port, arguments.certificate_port):
        if not is_free(port):
            _say(f"cổng {port} đang có chương trình khác dùng (port {port} is in use)")
            return 70
    if arguments.reset or not (folder / "demo" / FURNISHED).exists():
        for name in ("pg", "demo", "log", "public-log", "store"):
            shutil.rmtree(folder / name, ignore_errors=True)
    began = time.monotonic()
    policy = folder / "demo" / "log-policy"
    os.environ["HOCBA_LOG_POLICY"] = str(policy)
    store_port = _store_port(arguments)
    if store_port:
        os.environ.update(_upstream(store_port))
    _prepare_django(folder, f"http://127.0.0.1:{arguments.port}", arguments.certificate_port)
    from hocba_server.demo import databases, ministry

    databases.ready()
    from hocba_server.demo.watching import start_witness

    supervisor = Supervisor(own_environment(), folder / "log")
    try:
        if store_port:
            web = _web_server(store_port)
            ministry.open_store(supervisor, folder, port=store_port, web_server=web)
        start_witness(supervisor, folder / "demo", policy)
        _start_services(supervisor, folder, arguments.certificate_port)
        supervisor.start("web", *_web_server(arguments.port))
        wait_for_port(arguments.port)
        _furnish(folder)  # by way of the gateway, which the web server answers
        address = f"http://127.0.0.1:{arguments.port}"
        _say(
            f"sẵn sàng sau {time.monotonic() - began:.0f} giây tại {address} "
            f"(ready), dừng bằng Ctrl+C"
        )
        if store_port:
            _say(f"Kho của Bộ (the Ministry's store): http://127.0.0.1:{store_port}")
        if arguments.open:
            webbrowser.open(address)
        while True:
            time.sleep(1)
            supervisor.revive()
    finally:
        supervisor.stop()
        _stop_database(folder)


def _store_port(arguments: argparse.Namespace) -> int | None:
    """Where the Ministry's store runs; None with an operator's own PostgreSQL, in which the demo
    makes no databases beside those that it is given."""
    if os.environ.get("DATABASE_URL") or arguments.ministry_port == 0:
        return None
    wished: int = arguments.ministry_port or arguments.port + STORE_PORT_AFTER
    return wished if is_free(wished) else free_port()


def _upstream(port: int) -> dict[str, str]:
    """How the department reaches the store."""
    return {
        "HOCBA_UPSTREAM_URL": f"http://127.0.0.1:{port}/api/v1/giao-dich",
        "HOCBA_UPSTREAM_EXTRA_URL": f"http://127.0.0.1:{port}/api/v1/bo-sung",
        "HOCBA_UPSTREAM_REASON": "1",
    }


def _headless(arguments: argparse.Namespace) -> int:
    parent = var_dir() / "headless"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    port = free_port()
    os.environ["HOCBA_GATEWAY_CLIENT"] = "hocba_server.adapters.gateway.loopback_gateway"
    _prepare_django(folder, "http://127.0.0.1:8000", port)
    from hocba_server.demo import databases

    supervisor = Supervisor(own_environment(), folder / "log")
    target = arguments.target.resolve()
    try:
        _say("khởi động cơ sở dữ liệu và bộ xử lý nền (starting databases and workers)")
        databases.ready()
        keys = _start_services(supervisor, folder, port)
        from hocba_server.demo import headless

        source = arguments.source or _invented_class(folder / "in")
        done = headless.run(source.resolve(), target, keys, SystemClock())
    finally:
        supervisor.stop()
        _stop_database(folder)
        shutil.rmtree(folder, ignore_errors=True)
    _say(f"{'xong (done)' if done else 'CÓ LỖI (not done)'}: {target / 'report.json'}")
    return 0 if done else 1


def _prepare_django(folder: Path, public_url: str, certificate_port: int) -> None:
    """Point this process and its children at the folder, then set Django up."""
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        HOCBA_BUILD=str(build_dir()),
        HOCBA_PUBLIC_URL=public_url,
        HOCBA_TSA_URL=f"http://127.0.0.1:{certificate_port}/tsa",
        HOCBA_CSC_URL=f"http://127.0.0.1:{certificate_port}/csc/v2",
        HOCBA_CSC_CLIENT_ID=DEMO_CLIENT,
        HOCBA_CSC_CLIENT_SECRET=DEMO_SECRET,
        HOCBA_CSC_REDIRECT=_remote_redirect(public_url),
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()


def _remote_redirect(public_url: str) -> str:
    """Where the remote signing service sends people back to (`school_signing:remote_come_back`)."""
    return f"{public_url}/truong/ky/tu-xa/tro-lai/"


def _start_services(supervisor: Supervisor, folder: Path, port: int) -> KeyFolder:
    keys = KeyFolder.open(folder / "demo", SystemClock().now(), base_url=f"http://127.0.0.1:{port}")
    world = str(folder / "demo" / "world")
    supervisor.start(
        "certificates",
        *("-m", "hocba_certworld.service", world, "--port", str(port)),
        *("--keys", str(folder / "demo" / "keys"), "--redirect", os.environ["HOCBA_CSC_REDIRECT"]),
    )
    supervisor.start("worker-school", "-m", "hocba_server.demo.worker", "school")
    supervisor.start("worker-city", "-m", "hocba_server.demo.worker", "city")
    wait_for_port(port)
    return keys


def _furnish(folder: Path) -> None:
    """Make the invented city at first start; where that was cut off, the next start begins anew."""
    from hocba_server.demo import seed

    mark = folder / "demo" / FURNISHED
    if mark.exists():
        return
    clock = SystemClock()
    keys = KeyFolder.open(folder / "demo", clock.now(), base_url="")

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\rhocba: dựng thành phố mẫu, lớp (furnishing, class) {done}/{total} ")
        sys.stderr.flush()

    seed.furnish(keys, clock, show)
    sys.stderr.write("\n")
    mark.write_text("1", "ascii")


def _invented_class(folder: Path) -> Path:
    from hocba_server.demo.city import SCHOOLS, DemoClass, Stage
    from hocba_server.demo.seed import write_samples

    write_samples(SCHOOLS[0], DemoClass("4A1", 4, 45, Stage.IN_FORCE), folder)
    return folder


def _web_server(port: int) -> tuple[str, ...]:
    return (
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--no-ws",
        "hocba_server.config.wsgi:application",
    )


def _stop_database(folder: Path) -> None:
    from django.db import connections

    connections.close_all()
    from hocba_server.config.database import stop_server

    stop_server(folder / "pg")


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
