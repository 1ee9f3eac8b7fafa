"""The embedded server stops with the last process that uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hocba_server.config import database


class Users:
    """The list of processes that the embedded server's library keeps on its folder."""

    def __init__(self, *processes: int) -> None:
        self.processes = list(processes)

    def get_and_add(self, process: int) -> list[int]:
        before = list(self.processes)
        if process not in before:
            self.processes.append(process)
        return before

    def get_and_remove(self, process: int) -> list[int]:
        before = list(self.processes)
        self.processes = [each for each in before if each != process]
        return before


class Server:
    """Stops as the library's server does: when the process that leaves was the last one."""

    def __init__(self, *processes: int) -> None:
        self.global_process_id_list = Users(*processes)
        self.stopped = False

    def cleanup(self) -> None:
        self.stopped = self.global_process_id_list.get_and_remove(os.getpid()) == [os.getpid()]


def _stopped(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    class Library:
        @staticmethod
        def get_server(_data: Path) -> Server:
            return server

    joined: dict[Path, Any] = {folder.resolve(): "its address"}
    monkeypatch.setattr(database, "_library", lambda: Library)
    monkeypatch.setattr(database, "_started", joined)
    database.stop_server(folder)
    return server.stopped


def test_a_process_that_was_killed_keeps_no_server_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    server = Server(gone.pid, os.getpid())
    assert _stopped(server, tmp_path, monkeypatch)


def test_a_process_that_works_keeps_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as working:
        server = Server(working.pid, os.getpid())
        assert not _stopped(server, tmp_path, monkeypatch)
        assert server.global_process_id_list.processes == [working.pid]
        working.communicate(b"\n")


def test_a_server_that_was_never_joined_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(os.getpid())
    monkeypatch.setattr(database, "_started", {})
    database.stop_server(tmp_path)
    assert not server.stopped
