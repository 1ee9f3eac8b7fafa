"""The witness of the demo's public log: a program of its own with a key of its own."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.request import urlopen

from hocba.errors import Unavailable
from hocba_server.city.log_key import verifier_line
from hocba_server.demo.processes import Supervisor, free_port, wait_for_port

WITNESS = "dai-hoc-mau.example/nhan-chung"
LABEL = "Đại-học-Mẫu"
_PATIENCE_SECONDS = 20


def start_witness(supervisor: Supervisor, folder: Path, policy: Path) -> None:
    """Start it and write the policy by which the department asks it. Raises `Unavailable`."""
    port = free_port()
    supervisor.start(
        "witness",
        *("-m", "hocba.cli.main", "witness", str(folder / "witness"), "--name", WITNESS),
        *("--log", verifier_line(), "--port", str(port)),
    )
    wait_for_port(port)
    address = f"http://127.0.0.1:{port}/"
    key = _key(address)
    policy.write_text(f"witness {LABEL} {key} {address}\nquorum none\n", "utf-8")


def _key(address: str) -> str:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own program on loopback
            words: list[str] = answer.readline().decode("utf-8").split()
        if words[:1] == ["witness"]:
            return words[1]
    raise Unavailable("witness", "Nhân chứng của bản trình diễn không chạy.", "No witness runs.")
