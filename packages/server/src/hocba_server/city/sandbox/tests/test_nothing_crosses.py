"""The sandbox is another world: nothing of it enters repository or log, whatever is tried."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from hocba.errors import HocBaError
from hocba.ids import MessageId, PersonalId, UnitCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.transactions import PackageRequest, ResultQuery, hash_password
from hocba.record.sample import sample_record
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest
from hocba.signature.timestamp import make_request, token_of_response
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.cast import Cast
from hocba_certworld.softkey import SoftKey
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.conftest import process
from hocba_server.city.gateway import services as gateway
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.repository.models import RecordInForce, StoredRecord
from hocba_server.city.sandbox import services as sandbox
from hocba_server.city.sandbox import world
from hocba_server.city.sandbox.credentials import open_unit_with_keys
from hocba_server.city.sandbox.models import SandboxPackage, SandboxRecord
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, registration, submission
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.vendors.services import register_vendor


@dataclass
class Vendor:
    """What a vendor has in its hands."""

    code: str
    password: str
    seal: SoftKey
    cast: Cast


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def vendor(approved: str) -> Vendor:
    register_vendor(
        by=ADMINISTRATOR,
        at=SENT,
        name="Công ty Mẫu",
        software="Trường Xanh 3.1",
        contact_name="Nguyễn Văn Mẫu",
        contact_email="mau@example.vn",
    )
    unit, archive = open_unit_with_keys(
        by=ADMINISTRATOR,
        at=SENT,
        vendor_code="cong-ty-mau",
        address="https://example.vn/thu-nghiem",
    )
    files = zipfile.ZipFile(io.BytesIO(archive))
    account = json.loads(files.read("tai-khoan.json"))
    password = account["mat_khau_khoa_p12"].encode()
    keys = {
        Path(name).stem: SoftKey.from_pkcs12(files.read(name), password)
        for name in files.namelist()
        if name.endswith(".p12")
    }
    seal = keys.pop("con-dau")
    cast = Cast(world.sandbox_world(), keys, seal)
    assert account["mat_khau"] == unit.password
    return Vendor(unit.code, unit.password, seal, cast)


def document_of(vendor: Vendor, seed: int = 0) -> bytes:
    record = sample_record(4, seed=seed)
    return vendor.cast.sign(
        replace(record, school=replace(record.school, school_code=UnitCode(vendor.code)))
    )


def package_of(vendor: Vendor, *documents: bytes, unit: str = "", **changes: Any) -> dict[str, Any]:
    algorithm = SignatureAlgorithm[vendor.seal.algorithm]
    prepared = prepare_transaction(documents, vendor.seal.certificate, algorithm, SENT)
    signed = complete_transaction(prepared, vendor.seal.sign_digests([prepared.digest])[0])
    unit = unit or vendor.code
    return PackageRequest(
        message_id=MessageId(str(uuid.uuid4())),
        unit_code=UnitCode(unit),
        first_year=2025,
        content=pack_content(signed),
        user_name=unit,
        password=hash_password(vendor.password),
        **changes,
    ).to_json()


def real_rows() -> list[int]:
    """How much the real house holds."""
    tables = (IncomingPackage, StoredRecord, RecordInForce, LogEntryRow)
    return [table.objects.count() for table in tables]


def test_a_vendor_sends_and_asks_as_at_the_real_gateway(vendor: Vendor) -> None:
    before = real_rows()
    sent = package_of(vendor, document_of(vendor), document_of(vendor, 1))
    browser = Client()
    address = "/thu-nghiem/api/v1/giao-dich"
    answer = browser.post(address, json.dumps(sent), content_type="application/json").json()
    assert answer["Error"] == "0", answer
    again = browser.post(address, json.dumps(sent), content_type="application/json").json()
    assert again == answer
    number = sent["authenticationRequest"]["messageid"]
    query = ResultQuery(MessageId(number), UnitCode(vendor.code)).to_json()
    results = browser.post(address, json.dumps(query), content_type="application/json").json()
    assert [one["error"] for one in results["danh_sach"]] == ["0", "0"], results
    assert SandboxRecord.objects.count() == 2
    assert real_rows() == before


def test_its_package_is_nothing_to_the_real_gateway(vendor: Vendor, approved: str) -> None:
    before = real_rows()
    for unit in (vendor.code, approved):
        sent = package_of(vendor, document_of(vendor), unit=unit)
        assert gateway.answer_request(sent, at=SENT)["Error"] in {"1001", "1403"}
    assert real_rows() == before


def test_its_certificate_cannot_be_registered_at_the_real_gateway(
    vendor: Vendor, approved: str
) -> None:
    count = CertificateRegistration.objects.count()
    answer = gateway.answer_request(registration(vendor.seal, unit_code=approved), at=SENT)
    assert answer["error"] != "0"
    assert CertificateRegistration.objects.count() == count


def test_even_an_approved_sandbox_seal_would_not_make_its_records_valid(
    vendor: Vendor, approved: str
) -> None:
    """As if an officer approved it by mistake: the records still lead to no trusted root."""
    row = CertificateRegistration.objects.get()
    der = vendor.seal.certificate.public_bytes(Encoding.DER)
    CertificateRegistration.objects.create(
        unit=row.unit,
        message_id="nham",
        request_sha256="",
        serial="00",
        fingerprint=vendor.seal.certificate.fingerprint(hashes.SHA256()).hex(),
        certificate=der,
        subject_name="",
        issuer_name="",
        valid_from=vendor.seal.certificate.not_valid_before_utc,
        valid_until=vendor.seal.certificate.not_valid_after_utc,
        signature_kind="",
        received_at=SENT,
        state="approved",
        decided_by=OFFICER.user_id,
        decided_at=SENT,
    )
    sent = package_of(vendor, vendor.cast.sign(sample_record(4)), unit=approved)
    assert gateway.answer_request(sent, at=SENT)["Error"] == "0", "taken, to be checked"
    package = IncomingPackage.objects.get()
    process(package.pk, vendor.cast)
    outcome = package.outcomes.get()
    assert not outcome.accepted
    assert not StoredRecord.objects.exists()
    assert not LogEntryRow.objects.exists()


def test_a_real_package_is_refused_by_the_sandbox(
    vendor: Vendor, approved: str, cast: Cast, documents: list[bytes]
) -> None:
    answer = sandbox.answer_request(submission(documents, cast.seal), at=SENT)
    assert answer["Error"] in {"1001", "1403"}
    assert not SandboxPackage.objects.exists()


def test_a_real_pupil_is_refused_and_not_kept(vendor: Vendor) -> None:
    record = sample_record(4)
    record = replace(
        record,
        school=replace(record.school, school_code=UnitCode(vendor.code)),
        pupil=replace(record.pupil, personal_id=PersonalId("1" + record.pupil.personal_id[1:])),
    )
    sent = package_of(vendor, vendor.cast.sign(record))
    assert sandbox.answer_request(sent, at=SENT)["Error"] == "0"
    [result] = SandboxPackage.objects.get().results
    assert result["error"] == "2003"
    assert (result["ten_hoc_sinh"], result["so_cccd"]) == ("", "")
    assert not SandboxRecord.objects.exists()


def test_wrong_passwords_and_units_are_refused(vendor: Vendor) -> None:
    sent = package_of(vendor, document_of(vendor))
    sent["authenticationRequest"]["password"] = hash_password("sai")
    assert sandbox.answer_request(sent, at=SENT)["Error"] == "1001"
    sent = package_of(vendor, document_of(vendor))
    sent["authenticationRequest"]["ma_don_vi"] = "TN999999"
    assert sandbox.answer_request(sent, at=SENT)["Error"] == "1003"
    assert sandbox.answer_request({"a": 1}, at=SENT)["Error"] == "2001"
    assert not SandboxPackage.objects.exists()


def test_seals_are_stamped_over_http(vendor: Vendor) -> None:
    document = vendor.cast.sign(sample_record(4), stamp=False)
    query = make_request(seal_timestamp_digest(document), 7)
    answer = Client().post("/thu-nghiem/tsa", query, content_type="application/timestamp-query")
    assert answer["Content-Type"] == "application/timestamp-reply"
    assert add_seal_timestamp(document, token_of_response(answer.content, query))
    for wrong in (b"x", b"x" * 20_000):
        answer = Client().post("/thu-nghiem/tsa", wrong, content_type="application/octet-stream")
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:  # RFC 3161 has refusals of its own
            with pytest.raises(HocBaError):
                token_of_response(answer.content, query)


def test_one_record_in_force_also_here(vendor: Vendor) -> None:
    document = document_of(vendor)
    for expected in ("0", "2301"):
        sent = package_of(vendor, document)
        assert sandbox.answer_request(sent, at=SENT)["Error"] == "0"
        assert SandboxPackage.objects.latest("pk").results[0]["error"] == expected
