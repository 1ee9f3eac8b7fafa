"""kill -9 at every step of reporting, then go on: nothing is lost, nothing goes twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from hocba_certworld.softkey import SoftKey
from hocba_server.city.conftest import Submit
from hocba_server.city.upstream.models import Handover, Kind, Message, State
from hocba_server.city.upstream.tests import killed_sender
from hocba_server.city.upstream.tests.fake_store import FakeStore
from hocba_server.city.upstream.tests.reporting import run, states
from hocba_server.config.places import REPOSITORY

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "city"])


@pytest.mark.parametrize("step", ["signed", "kept", "sent", "written", "acknowledged"])
def test_after_a_kill_reporting_goes_on(
    connected: FakeStore,
    submit: Submit,
    documents: list[bytes],
    department_key: SoftKey,
    tmp_path: Path,
    step: str,
) -> None:
    submit(*documents)
    folder = tmp_path / "store"
    folder.mkdir()
    key_file = tmp_path / "so.p12"
    key_file.write_bytes(department_key.to_pkcs12(b"mat-khau"))
    name = str(connections["city"].settings_dict["NAME"])
    arguments = [name, str(folder), step, str(key_file), "mat-khau"]
    done = subprocess.run(
        [sys.executable, killed_sender.__file__, *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "hocba_server.config.testing"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    # Every record is in the queue or in exactly one message that is kept.
    assert Handover.objects.filter(kind=Kind.SUBMIT).count() == 3
    kept = Message.objects.filter(kind=Kind.SUBMIT).count()
    assert kept == (0 if step == "signed" else 1)
    came = [json.loads(file.read_text("utf-8")) for file in folder.iterdir()]
    for request in came:  # what the store took before the kill, it has
        connected.send(request)
    run(connected)
    assert states(Kind.SUBMIT) == [State.ACCEPTED] * 3
    assert sorted(connected.originals.values()) == sorted(documents)
    taken = [line for line in connected.history if line.startswith("submit")]
    assert len(taken) == 3, "no record was taken twice"
    assert Message.objects.filter(kind=Kind.SUBMIT).count() == 1
    for request in came:
        number = request["authenticationRequest"]["messageid"]
        assert number == Message.objects.get(kind=Kind.SUBMIT).message_id
