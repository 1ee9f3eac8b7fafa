"""The programs of a running demo, each a process of its own: services, workers, web server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from hocba.errors import Unavailable

STOP_SECONDS = 10


@dataclass(slots=True)
class Program:
    """One child process and how to start it again."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    file: IO[bytes] | None = None
    environment: Mapping[str, str] | None = None
    """None: the supervisor's."""


@dataclass(slots=True)
class Supervisor:
    """Starts programs, starts them again when they die, and stops them all."""

    environment: Mapping[str, str]
    logs: Path
    programs: list[Program] = field(default_factory=list)

    def start(self, name: str, *arguments: str) -> None:
        """Start `python -m arguments` under a name; its output goes to `<logs>/<name>.log`."""
        self.start_in(self.environment, name, *arguments)

    def start_in(self, environment: Mapping[str, str], name: str, *arguments: str) -> None:
        """Start a program in an environment of its own."""
        self.logs.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *arguments]
        program = Program(name, command, self.logs / f"{name}.log", environment=environment)
        self.programs.append(program)
        self._spawn(program)

    def _spawn(self, program: Program) -> None:
        program.file = program.log.open("ab")
        program.process = subprocess.Popen(  # noqa: S603 - our own programs
            list(program.command),
            env=dict(program.environment or self.environment),
            stdout=program.file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        program.starts += 1

    def revive(self) -> None:
        """Start what has died again, up to five times. Raises `Unavailable` then."""
        for program in self.programs:
            if program.process is not None and program.process.poll() is not None:
                if program.starts >= 5:
                    raise Unavailable(
                        "process",
                        f"“{program.name}” không chạy được, xem {program.log}.",
                        f"{program.name} keeps dying, see {program.log}.",
                    )
                time.sleep(0.5)
                self._spawn(program)

    def stop(self) -> None:
        """Ask every program to stop, last started first, then make it."""
        for program in reversed(self.programs):
            if program.process is not None and program.process.poll() is None:
                program.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for program in self.programs:
            if program.process is None:
                continue
            try:
                program.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()
            if program.file is not None:
                program.file.close()


def wait_for_port(port: int, *, seconds: float = 60) -> None:
    """Wait until somebody listens on loopback. Raises `Unavailable`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise Unavailable(
        "port", f"Không có dịch vụ nào trả lời ở cổng {port}.", f"Nothing answers on port {port}."
    )


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def own_environment(**changed: str) -> dict[str, str]:
    """This process's environment with some variables set."""
    return {**os.environ, **changed}
