"""`hocba-client` against the running gateway: over a real connection, from submit to results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pytest_django.live_server_helper import LiveServer

from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_client.command import main
from hocba_server.city.api.tests.test_recalls_and_records import registration_xml
from hocba_server.city.api.tests.test_submit import signed_list
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.services import approve
from hocba_server.city.conftest import process
from hocba_server.city.gateway.models import GatewayAccount, IncomingPackage
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT, WARD_OFFICER
from hocba_server.city.vendors.keys import register_key

pytestmark = pytest.mark.django_db(databases=["default", "city"], transaction=True)


@pytest.fixture
def line(school: str, live_server: LiveServer, tmp_path: Path) -> Any:
    """Runs the command with a registered key; answers exit code."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "khoa.pem").write_bytes(pem)
    register_key(
        by=ADMINISTRATOR,
        at=SENT,
        key_id="khoa",
        pem=public.decode(),
        account=GatewayAccount.objects.get(user_name=school),
    )
    key = str(tmp_path / "khoa.pem")
    return lambda *words: main(["--url", live_server.url, "--key", key, *words])


def test_a_vendor_works_from_the_command_line(
    line: Any,
    school: str,
    cast: Cast,
    documents: list[bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert line("health") == 0
    certificate = tmp_path / "chung-thu.xml"
    certificate.write_bytes(registration_xml(school, cast))
    assert line("register-certificate", str(certificate), "--unit", school) == 0
    approve(by=WARD_OFFICER, at=SENT, registration_id=CertificateRegistration.objects.get().pk)
    broken = documents[1].replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<", 1)
    package = tmp_path / "goi.xml"
    package.write_bytes(signed_list([documents[0], broken], cast.seal))
    capsys.readouterr()
    assert line("submit", str(package), "--unit", school, "--year", "2025") == 0
    taken = json.loads(capsys.readouterr().out)
    assert taken["records"] == 2
    process(IncomingPackage.objects.get().pk, cast)
    number = taken["message_id"]
    assert line("results", number, "--unit", school, "--wait") == 1, "one record is refused"
    first, second = json.loads(capsys.readouterr().out)
    assert (first["outcome"], second["outcome"]) == ("accepted", "refused")
    assert second["reason"]["what_to_do"]
    assert line("status", sample_record(4).record_uuid, "--unit", school) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "in_force"
    assert line("token", school) == 0
    assert capsys.readouterr().out.startswith("hbs_")
    assert line("catalogues", "certificate-issuers") == 0
    assert line("submit", str(certificate), "--unit", school, "--year", "2025") == 1
