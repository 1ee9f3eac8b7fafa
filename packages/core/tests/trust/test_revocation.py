"""Was it revoked when it was used? OCSP and CRL, and every answer that must not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from hocba.errors import Unavailable
from hocba.trust.collect import collect_evidence
from hocba.trust.evidence import Evidence
from hocba.trust.path import CertificatePath, build_path
from hocba.trust.revocation import RevocationStatus, check_revocation
from hocba.trust.store import TrustStore
from hocba_certworld.local import LocalRevocation
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
USED = datetime(2026, 5, 27, tzinfo=UTC)
LATER = USED + timedelta(hours=1)
GOOD, REVOKED, UNKNOWN = RevocationStatus


class Case:
    """A person, the path, and evidence gathered at a moment."""

    def __init__(self, world: CertWorld, store: TrustStore) -> None:
        self.world, self.store = world, store
        self.known = [world.keys[name].certificate for name in ("government", "public", "tsa")]
        self.key: SoftKey = world.issue_person("Cô Mẫu", "000190000001")

    @property
    def path(self) -> CertificatePath:
        return build_path(self.key.certificate, self.known, self.store, USED)

    def evidence(self, at: datetime) -> Evidence:
        source = LocalRevocation(self.world, lambda: at)
        return collect_evidence([self.key.certificate], self.known, self.store, USED, source)

    def crl_only(self, at: datetime) -> Evidence:
        lists = tuple(self.world.crl(name, at) for name in ("public", "root"))
        return Evidence(crls=lists)

    def status(self, evidence: Evidence) -> RevocationStatus:
        return check_revocation(self.path, evidence, USED).status


@pytest.fixture
def case(tmp_path: Path) -> Case:
    world = CertWorld.create(tmp_path / "world", MADE)
    return Case(world, TrustStore.from_pem([world.roots_pem()]))


def test_good_by_ocsp_and_by_crl(case: Case) -> None:
    assert case.status(case.evidence(LATER)) is GOOD
    assert case.status(case.crl_only(LATER)) is GOOD


def test_an_answer_older_than_the_use_says_nothing(case: Case) -> None:
    assert case.status(case.evidence(USED - timedelta(hours=1))) is UNKNOWN
    assert case.status(case.crl_only(USED - timedelta(hours=1))) is UNKNOWN


def test_no_evidence_is_unknown(case: Case) -> None:
    assert case.status(Evidence()) is UNKNOWN
    whole = case.evidence(LATER)
    assert case.status(replace(whole, crls=())) is UNKNOWN, "the authority itself is open"


@pytest.mark.parametrize("way", ["ocsp", "crl"])
def test_revoked_before_and_after_the_use(case: Case, way: str) -> None:
    gather = case.evidence if way == "ocsp" else case.crl_only
    case.world.revoke(case.key.certificate, USED + timedelta(minutes=1))
    assert case.status(gather(LATER)) is GOOD
    case.world.revoke(case.key.certificate, USED - timedelta(minutes=1))
    assert case.status(gather(LATER)) is REVOKED


def test_a_revoked_authority_takes_its_people_along(case: Case) -> None:
    case.world.revoke(case.known[1], USED - timedelta(days=1))
    fact = check_revocation(case.path, case.evidence(LATER), USED)
    assert (fact.status, fact.certificate) == (REVOKED, case.known[1])


def test_one_revocation_outweighs_good_answers(case: Case) -> None:
    good = case.evidence(LATER)
    case.world.revoke(case.key.certificate, USED - timedelta(minutes=1))
    bad = case.evidence(LATER)
    both = Evidence(ocsp=(*good.ocsp, *bad.ocsp), crls=good.crls)
    assert case.status(both) is REVOKED


def test_answers_about_others_do_not_count(case: Case) -> None:
    other = case.world.issue_person("Thầy Khác", "000190000002")
    source = LocalRevocation(case.world, lambda: LATER)
    evidence = collect_evidence([other.certificate], case.known, case.store, USED, source)
    assert case.status(evidence) is UNKNOWN


def test_answers_of_another_world_do_not_count(case: Case, tmp_path: Path) -> None:
    stranger = CertWorld.create(tmp_path / "stranger", MADE)
    issuer = case.known[1]
    forged = LocalRevocation(stranger, lambda: LATER).ocsp(case.key.certificate, issuer)
    genuine = case.evidence(LATER)
    assert forged is not None
    evidence = replace(genuine, ocsp=(forged,), crls=(stranger.crl("public", LATER), *genuine.crls))
    assert case.status(evidence) is UNKNOWN


def test_each_answer_is_fetched_once(case: Case) -> None:
    asked: list[x509.Certificate] = []

    class Counting(LocalRevocation):
        def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
            asked.append(certificate)
            return super().ocsp(certificate, issuer)

    source = Counting(case.world, lambda: LATER)
    leaves = [case.key.certificate] * 5
    collect_evidence(leaves, case.known, case.store, USED, source)
    assert sorted(asked, key=id) == sorted({case.key.certificate, case.known[2]}, key=id)


def test_one_list_for_all_authorities_of_a_root(case: Case) -> None:
    asked: list[x509.Certificate] = []

    class Counting(LocalRevocation):
        def crl(self, certificate: x509.Certificate) -> bytes | None:
            asked.append(certificate)
            return super().crl(certificate)

    school = case.world.issue_organisation("Trường Mẫu", "00000401").certificate
    source = Counting(case.world, lambda: LATER)
    leaves = [case.key.certificate, school]
    evidence = collect_evidence(leaves, case.known, case.store, USED, source)
    assert (len(asked), len(evidence.crls), len(evidence.ocsp)) == (1, 1, 3)
    for leaf in leaves:
        path = build_path(leaf, case.known, case.store, USED)
        assert check_revocation(path, evidence, USED).status is GOOD


def test_without_ocsp_the_list_of_the_authority_serves(case: Case) -> None:
    class ListsOnly(LocalRevocation):
        def ocsp(self, *_asked: x509.Certificate) -> None:
            return None

    source = ListsOnly(case.world, lambda: LATER)
    leaves = [case.key.certificate]
    evidence = collect_evidence(leaves, case.known, case.store, USED, source)
    assert evidence.ocsp == ()
    assert case.status(evidence) is GOOD


def test_certificates_without_a_path_are_skipped(case: Case) -> None:
    source = LocalRevocation(case.world, lambda: LATER)
    evidence = collect_evidence([case.key.certificate], [], case.store, USED, source)
    assert evidence == Evidence()


def test_an_unreachable_service_is_no_answer(case: Case) -> None:
    class Away:
        def ocsp(self, *_arguments: object) -> bytes | None:
            raise Unavailable("network", "x", "x")

        def crl(self, *_arguments: object) -> bytes | None:
            raise Unavailable("network", "x", "x")

    with pytest.raises(Unavailable):
        collect_evidence([case.key.certificate], case.known, case.store, USED, Away())


@given(data=st.binary(max_size=300))
def test_garbage_is_no_answer(data: bytes) -> None:
    certificate = _ANY.keys["public"].certificate
    path = CertificatePath((certificate, _ANY.keys["root"].certificate))
    evidence = Evidence(ocsp=(data,), crls=(data,))
    assert check_revocation(path, evidence, USED).status is UNKNOWN


def test_openssl_reads_our_answers(case: Case, tmp_path: Path) -> None:
    import subprocess

    evidence = case.evidence(LATER)
    (tmp_path / "a.ors").write_bytes(evidence.ocsp[0])
    (tmp_path / "a.crl").write_bytes(evidence.crls[0])
    for arguments, expected in (
        (["ocsp", "-respin", "a.ors", "-resp_text", "-noverify"], "Cert Status: good"),
        (["crl", "-inform", "der", "-in", "a.crl", "-text", "-noout"], "Next Update"),
    ):
        done = subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert expected in done.stdout, done.stderr


def _any_world() -> CertWorld:
    import tempfile

    return CertWorld.create(Path(tempfile.mkdtemp()) / "world", MADE)


_ANY = _any_world()
assert _ANY.keys["root"].certificate.public_bytes(Encoding.DER)
