"""The signing service of the demo: people in a folder, a process of its own."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from hocba_certworld.csc.people import (
    FolderPeople,
)
from hocba_certworld.world import CertWorld

BACK = "https://hocba.test/xong"


def folder_of_keys(folder: Path, world: CertWorld) -> Path:
    keys = folder / "keys"
    keys.mkdir()
    (keys / "password").write_bytes(b"x")
    person = world.issue_person("Cô Mẫu", "000190000001")
    (keys / "person-000190000001.p12").write_bytes(person.to_pkcs12(b"x"))
    return keys


def test_people_of_a_folder(world: CertWorld, tmp_path: Path) -> None:
    keys = folder_of_keys(tmp_path, world)
    people = FolderPeople(keys)
    assert people.user("../keys/password") is None
    assert people.owner("79000001-pin") is None
    unit = world.issue_organisation("Trường Mẫu", "79000001")
    (keys / "unit-79000001.p12").write_bytes(unit.to_pkcs12(b"x"))
    found = people.owner("79000001-pin")
    assert found is not None
    assert [one.credential_id for one in found.credentials] == [
        "79000001-pin",
        "79000001-otp",
        "79000001-web",
    ]
    assert found.credentials[0].key.certificate == unit.certificate


def test_the_demo_service_runs_by_itself(
    world: CertWorld, tmp_path: Path, unused_port: Callable[[], int]
) -> None:
    keys, port = folder_of_keys(tmp_path, world), unused_port()
    command = [sys.executable, "-m", "hocba_certworld.service", str(world.directory)]
    command += ["--port", str(port), "--keys", str(keys), "--redirect", BACK]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            desk = Remote(f"http://127.0.0.1:{port}")
            desk.wait()
            token = desk.login("000190000001")
            asked = {"credentialID": "000190000001-otp", "authObjectID": "OTP"}
            assert desk.post("csc/v2/credentials/getChallenge", asked, token) == b""
            assert process.stderr is not None
            assert re.fullmatch(r"OTP 000190000001: [0-9]{6}\n", process.stderr.readline())
        finally:
            process.terminate()
    assert process.returncode == 0


@dataclass
class Remote:
    """Calls over HTTP."""

    url: str

    def wait(self) -> None:
        for _ in range(200):
            try:
                urlopen(f"{self.url}/health", timeout=1).close()  # noqa: S310 - its own server
            except OSError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("the service did not start")

    def login(self, user: str) -> str:
        pair = base64.b64encode(f"{user}:demo".encode()).decode()
        answer = self.post("csc/v2/auth/login", {}, authorization=f"Basic {pair}")
        return str(json.loads(answer)["access_token"])

    def post(self, path: str, content: Any, token: str = "", authorization: str = "") -> bytes:
        headers = {
            "Content-Type": "application/json",
            "Authorization": authorization or f"Bearer {token}",
        }
        body = json.dumps(content).encode()
        request = Request(f"{self.url}/{path}", body, headers)  # noqa: S310 - its own server
        with urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
            return bytes(answer.read())


@pytest.fixture
def unused_port() -> Callable[[], int]:
    import socket

    def find() -> int:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return int(listener.getsockname()[1])

    return find
