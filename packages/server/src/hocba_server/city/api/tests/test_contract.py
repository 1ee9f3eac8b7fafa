"""schemathesis asks the running API everything that its OpenAPI document allows, and more.

Bounded: about a minute. It looks for answers outside the document, for 500s, and for refusals of
what the document allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from hocba_server.city.api.tests.calling import client, registered_key
from hocba_server.city.certificates.services import register_unit
from hocba_server.city.gateway.services import open_account
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT
from hocba_server.city.vendors.services import set_terms

pytestmark = pytest.mark.django_db(databases=["default", "city"], transaction=True)
UNIT = "00000401"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance,unsupported_method"
)


@pytest.mark.timeout(200)
def test_the_api_keeps_its_contract(live_server: LiveServer, tmp_path: Path, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url
    register_unit(by=ADMINISTRATOR, at=SENT, code=UNIT, name="Mẫu", ownership="public")
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=UNIT)
    set_terms(
        by=ADMINISTRATOR,
        at=SENT,
        user_name=UNIT,
        token_required=None,
        requests_per_minute=100_000,
    )
    token = client(registered_key(UNIT)).token(UNIT).token
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run"),
        f"{live_server.url}/api/v2/openapi.json",
        *("--url", live_server.url),
        *("--header", f"Authorization: Bearer {token}"),
        *("--checks", CHECKS),
        *("--max-examples", "25", "--seed", "1789", "--max-time", "45"),
        *("--phases", "examples,coverage,fuzzing", "--exclude-operation-id", "revokeToken"),
        "--no-color",
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
