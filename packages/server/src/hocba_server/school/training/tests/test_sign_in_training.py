from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from cryptography import x509
from pypdfium2 import PdfDocument

from hocba.cli.main import main
from hocba.errors import NotTrusted, Refused
from hocba.trust.identity import issuer_name, signer_name
from hocba.trust.path import build_path
from hocba_certworld.world import CertWorld
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.signing.downloads import render_unsealed
from hocba_server.school.signing.models import SigningSession
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import start_session
from hocba_server.school.submission.models import CertificateRegistration, Package
from hocba_server.school.submission.registrations import (
    query_certificate,
    register_certificate,
    send_registration,
)
from hocba_server.school.submission.services import (
    new_message_id,
    poll_results,
    send_package,
    submit_batch,
)
from hocba_server.school.tests.cast import (
    AT,
    HEAD_ID,
    Cast,
    FixedClock,
    TestKeys,
    WorldTrust,
)
from hocba_server.school.training.models import TrainingSchool
from hocba_server.school.training.sources import TrainingSources, sources_of
from hocba_server.school.training.tests.conftest import trainee

CLERK_ID = "000090000005"


def _batch(training: TrainingSchool, name: str) -> int:
    row = AnnualRecordDraft.objects.filter(
        batch__classroom__school=training.school, batch__classroom__name=name
    ).first()
    assert row is not None
    return row.batch_id


def _seal(training: TrainingSchool) -> int:
    """The clerk registers the certificate, the pretend gateway approves, the class is sealed."""
    sources = sources_of(training.school.code)
    clerk = trainee(training, "VAN_THU", personal_id=CLERK_ID)
    registration = register_certificate(
        by=clerk,
        at=AT,
        key=sources.keys().organisation_key(training.school.code),
        message_id=new_message_id(),
    )
    send_registration(registration, gateway=sources.gateway(), clock=FixedClock())
    assert CertificateRegistration.objects.get(pk=registration).answer.startswith("TẬP HUẤN")
    assert query_certificate(registration, gateway=sources.gateway()) == "approved"
    batch = _batch(training, "5B")
    session = start_session(by=clerk, at=AT, batch_id=batch, role="KY_PHAT_HANH")
    run_session(session, sources.keys(), sources.timestamps(), FixedClock(), sources.trust())
    return batch


def test_what_training_signs_fails_verification_everywhere(
    training: TrainingSchool,
    world: CertWorld,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batch = _seal(training)
    row = AnnualRecordDraft.objects.filter(batch_id=batch).first()
    assert row is not None
    assert row.state == "issued"
    record, root = tmp_path / "hoc-ba.xml", tmp_path / "root.pem"
    record.write_bytes(bytes(row.document))
    root.write_bytes(world.roots_pem() + b"".join(pem for _, pem in world.issuers_pem()))
    assert main(["verify", str(record), "--trust", str(root)]) == 1
    assert "chứng thư số giả của trường tập huấn" in capsys.readouterr().out
    pdf = tmp_path / "hoc-ba.pdf"
    pdf.write_bytes(render_unsealed(row))
    assert main(["verify", str(pdf), "--trust", str(root)]) == 1
    assert all("TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ" in text for text in _page_texts(pdf))


def _page_texts(file: Path) -> list[str]:
    document = PdfDocument(file)
    try:
        texts = []
        for page in document:
            words = page.get_textpage()
            texts.append(unicodedata.normalize("NFC", words.get_text_range()))
            words.close()
            page.close()
        return texts
    finally:
        document.close()


def test_the_mock_root_is_trusted_nowhere_else(
    training: TrainingSchool, world: CertWorld, own_var: Path
) -> None:
    key = sources_of(training.school.code).keys().organisation_key(training.school.code)
    assert isinstance(key.certificate, x509.Certificate)
    assert "TẬP HUẤN" in signer_name(key.certificate)
    assert "TẬP HUẤN" in issuer_name(key.certificate)
    elsewhere = WorldTrust(world)
    with pytest.raises(NotTrusted):
        build_path(key.certificate, [*key.chain, *elsewhere.issuers()], elsewhere.store(), AT)
    folder = own_var / "training" / training.keys_folder
    assert folder.is_dir()
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.rglob("*.p12"))


def test_a_real_key_signs_nothing_in_training(
    cast: Cast, training: TrainingSchool, keys: TestKeys
) -> None:
    batch = _batch(training, "5A")
    head = trainee(training, "HIEU_TRUONG", personal_id=HEAD_ID)
    session = start_session(by=head, at=AT, batch_id=batch, role="CBQL")
    sources = sources_of(training.school.code)
    run_session(session, keys, sources.timestamps(), FixedClock(), sources.trust())
    row = SigningSession.objects.get(pk=session)
    assert (row.state, row.done) == ("failed", 0)
    assert row.problem


def test_a_package_is_answered_here_and_never_sent(training: TrainingSchool) -> None:
    batch = _seal(training)
    sources = sources_of(training.school.code)
    clerk = trainee(training, "VAN_THU", personal_id=CLERK_ID)
    package = submit_batch(by=clerk, at=AT, batch_id=batch, keystore=sources.keys())
    send_package(package, gateway=sources.gateway(), clock=FixedClock())
    view = poll_results(package, gateway=sources.gateway(), clock=FixedClock())
    assert {line.answer for line in view.lines} == {"accepted"}
    row = Package.objects.get(pk=package)
    assert set(row.records.values_list("code", flat=True)) == {"TAP-HUAN"}
    states = AnnualRecordDraft.objects.filter(batch_id=batch).values_list("state", flat=True)
    assert set(states) == {"accepted"}


def test_the_pretend_gateway_answers_its_own_school_only(
    training: TrainingSchool,
) -> None:
    gateway = sources_of(training.school.code).gateway()
    foreign = {
        "messageid": "m",
        "ma_don_vi": "79267400098",
        "type": "2",
        "function": "TRUY_VAN_NOP",
    }
    answer = gateway.send(foreign)
    assert (answer["Error"], "TẬP HUẤN" in str(answer["ResponseDescription"])) == ("1003", True)


def test_each_school_gets_its_own_sources(cast: Cast, training: TrainingSchool) -> None:
    assert isinstance(sources_of(training.school.code), TrainingSources)
    assert not isinstance(sources_of("79267400099"), TrainingSources)
    with pytest.raises(Refused) as refusal:
        sources_of("79267400098TH")
    assert refusal.value.code == "training_closed"
