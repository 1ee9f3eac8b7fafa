"""Which OCSP answers and CRLs count: who may sign them, about whom, and for which moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from trust_world import (
    AT,
    DAY,
    Extension,
    Holder,
    crl,
    issue,
    middle,
    ocsp_answer,
    openssl,
    responder,
    root,
    rsa_key,
    signer,
)

from hocba.trust.evidence import Evidence
from hocba.trust.path import CertificatePath
from hocba.trust.revocation import RevocationFact, RevocationStatus, check_revocation

GOOD, REVOKED, UNKNOWN = RevocationStatus
AUTHORITY_IS_GOOD = crl(root())


def _fact(
    *answers: bytes,
    lists: Sequence[bytes] = (AUTHORITY_IS_GOOD,),
    path: Sequence[Holder] = (),
    at: datetime = AT,
    since: datetime | None = None,
) -> RevocationFact:
    holders = path or (signer(), middle(), root())
    certificates = CertificatePath(tuple(holder.certificate for holder in holders))
    evidence = Evidence(ocsp=answers, crls=tuple(lists))
    return check_revocation(certificates, evidence, at, answered_since=since)


def _status(*answers: bytes, lists: Sequence[bytes] = (AUTHORITY_IS_GOOD,)) -> RevocationStatus:
    return _fact(*answers, lists=lists).status


def test_an_answer_by_the_authority_or_by_its_delegate() -> None:
    assert _status(ocsp_answer(signer(), middle())) is GOOD
    assert _status(ocsp_answer(signer(), middle(), by=responder(middle()))) is GOOD
    for name_digest in (hashes.SHA1(), hashes.SHA256()):  # noqa: S303 - names only
        assert _status(ocsp_answer(signer(), middle(), name_digest=name_digest)) is GOOD
    assert _status(ocsp_answer(signer(), middle(), digest=hashes.SHA384())) is GOOD


def test_an_rsa_authority() -> None:
    authority = issue("CA RSA", root(), authority=True, key=rsa_key(2048))
    leaf = issue("x", authority)
    path = (leaf, authority, root())
    delegate = responder(authority, key=rsa_key(3072))
    for by in (None, delegate):
        assert _fact(ocsp_answer(leaf, authority, by=by), path=path).status is GOOD
    assert _fact(lists=(AUTHORITY_IS_GOOD, crl(authority)), path=path).status is GOOD


@pytest.mark.parametrize(
    "by",
    [
        responder(middle(), extended=[]),
        responder(middle(), extended=[ExtendedKeyUsageOID.TIME_STAMPING]),
        responder(root()),
        responder(issue("CA DEMO", authority=True)),
        responder(middle(), usage="encryption"),
        responder(middle(), end=datetime(2020, 1, 2, tzinfo=UTC)),
        responder(middle(), start=datetime(2199, 1, 1, tzinfo=UTC)),
        responder(middle(), authority=True),
        responder(middle(), key=ec.generate_private_key(ec.SECP521R1())),
    ],
    ids=[
        "without the usage",
        "for time-stamps",
        "of the root",
        "of a namesake",
        "for encryption",
        "expired when it answered",
        "not yet valid when it answered",
        "an authority",
        "with a key of another kind",
    ],
)
def test_delegates_that_do_not_count(by: Holder) -> None:
    assert _status(ocsp_answer(signer(), middle(), by=by)) is UNKNOWN


def test_a_delegate_that_is_not_attached() -> None:
    by = responder(middle())
    assert _status(ocsp_answer(signer(), middle(), by=by, attach=False)) is UNKNOWN


def test_an_answer_about_somebody_else() -> None:
    assert _status(ocsp_answer(issue("y", middle()), middle())) is UNKNOWN
    twin = issue("CA DEMO", root(), authority=True, path_length=0)
    assert _status(ocsp_answer(signer(), middle(), named=twin)) is UNKNOWN
    assert _status(ocsp_answer(signer(), middle(), unknown=True)) is UNKNOWN


def test_an_answer_that_is_no_answer() -> None:
    for status in (ocsp.OCSPResponseStatus.TRY_LATER, ocsp.OCSPResponseStatus.UNAUTHORIZED):
        der = ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
        assert _status(der) is UNKNOWN
    assert _status(bytes(5_000_001), lists=(AUTHORITY_IS_GOOD, bytes(5_000_001))) is UNKNOWN


def test_the_moment_of_the_answer() -> None:
    for made, expected in ((AT, GOOD), (AT + DAY, GOOD), (AT - DAY / 24, UNKNOWN)):
        assert _status(ocsp_answer(signer(), middle(), made=made)) is expected
        assert _status(lists=(AUTHORITY_IS_GOOD, crl(middle(), made=made))) is expected
    older = ocsp_answer(signer(), middle(), made=AT - DAY / 24)
    assert _fact(older, since=AT - DAY).status is GOOD


def test_an_authoritys_list_may_be_older_if_it_covers_the_moment() -> None:
    answer = ocsp_answer(signer(), middle())
    for made, until, expected in (
        (AT - 5 * DAY, AT + DAY, GOOD),
        (AT - 5 * DAY, AT - DAY, UNKNOWN),
        (AT + DAY, AT + 2 * DAY, GOOD),
    ):
        assert _status(answer, lists=(crl(root(), made=made, until=until),)) is expected


def test_revocation_takes_effect_at_its_moment() -> None:
    for when, expected in ((AT - DAY, REVOKED), (AT, REVOKED), (AT + DAY / 24, GOOD)):
        assert _status(ocsp_answer(signer(), middle(), revoked=when)) is expected
        listed = crl(middle(), [(signer(), when)])
        assert _status(lists=(AUTHORITY_IS_GOOD, listed)) is expected
    fact = _fact(ocsp_answer(signer(), middle(), revoked=AT - DAY))
    assert (fact.certificate, fact.revoked_at) == (signer().certificate, AT - DAY)


def test_an_old_answer_may_still_say_revoked() -> None:
    """Too old to say good, but what was revoked stays revoked."""
    old = ocsp_answer(signer(), middle(), made=AT - 2 * DAY, revoked=AT - 3 * DAY)
    assert _status(old) is REVOKED
    assert _status(ocsp_answer(signer(), middle()), old) is REVOKED


def test_the_invalidity_date_counts_when_it_is_earlier() -> None:
    for since, expected in ((AT - DAY, REVOKED), (AT + DAY / 24, GOOD)):
        listed = crl(middle(), [(signer(), AT + DAY)], invalid_since=since)
        assert _status(lists=(AUTHORITY_IS_GOOD, listed)) is expected
    later = crl(middle(), [(signer(), AT - DAY)], invalid_since=AT + DAY)
    assert _status(lists=(AUTHORITY_IS_GOOD, later)) is REVOKED


def _issuing_point(**changes: object) -> Extension:
    names: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        **changes,
    }
    return (x509.IssuingDistributionPoint(**names), True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "listed",
    [
        crl(middle(), extra=[_issuing_point(indirect_crl=True)]),
        crl(middle(), extra=[_issuing_point(only_contains_ca_certs=True)]),
        crl(middle(), extra=[(x509.DeltaCRLIndicator(1), True)]),
        crl(middle(), signing=root().key),
        crl(root()),
        crl(issue("CA DEMO", authority=True)),
    ],
    ids=["indirect", "partial", "delta", "signed by another", "of another", "of a namesake"],
)
def test_lists_that_do_not_count(listed: bytes) -> None:
    assert _status(lists=(AUTHORITY_IS_GOOD, listed)) is UNKNOWN
    assert _status(lists=(AUTHORITY_IS_GOOD, crl(middle()))) is GOOD


def test_an_authority_that_may_not_sign_lists() -> None:
    for usage, expected in (("authority without lists", UNKNOWN), ("none", GOOD)):
        authority = issue("CA KDS", root(), authority=True, usage=usage)
        path = (issue("x", authority), authority, root())
        assert _fact(lists=(AUTHORITY_IS_GOOD, crl(authority)), path=path).status is expected


def test_the_root_needs_no_answer_and_every_other_does() -> None:
    answer = ocsp_answer(signer(), middle())
    fact = _fact(answer, lists=())
    assert (fact.status, fact.certificate) == (UNKNOWN, middle().certificate)
    assert _fact(path=(root(),), lists=()).status is GOOD
    listed = crl(root(), [(middle(), AT - DAY)])
    fact = _fact(answer, lists=(listed,))
    assert (fact.status, fact.certificate) == (REVOKED, middle().certificate)


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=4), which=st.integers(0, 2))
@settings(max_examples=250, deadline=None)
def test_changed_answers_say_nothing(at: float, junk: bytes, which: int) -> None:
    answer = ocsp_answer(signer(), middle(), revoked=AT - DAY) if which else _LIST
    start = int(at * (len(answer) - 1))
    changed = answer[:start] + junk + answer[start + len(junk) :]
    fact = _fact(changed) if which else _fact(lists=(AUTHORITY_IS_GOOD, changed))
    # Never good: at most unread, or still what the authority said.
    assert fact.status is not GOOD


_LIST = crl(middle(), [(signer(), AT - DAY)])


def test_openssl_reads_what_the_tests_make(tmp_path: Path) -> None:
    """The answers of these tests are real ones: openssl verifies them, too."""
    (tmp_path / "root.pem").write_bytes(root().pem)
    (tmp_path / "ca.pem").write_bytes(middle().pem)
    (tmp_path / "leaf.pem").write_bytes(signer().pem)
    (tmp_path / "a.ors").write_bytes(ocsp_answer(signer(), middle()))
    at = str(int((AT + DAY).timestamp()))
    command = ["ocsp", "-respin", "a.ors", "-issuer", "ca.pem", "-cert", "leaf.pem", "-CAfile"]
    command += ["root.pem", "-verify_other", "ca.pem", "-attime", at, "-no_nonce"]
    shown = openssl(tmp_path, *command)
    assert "Response verify OK" in shown.stderr, shown.stderr
    (tmp_path / "a.crl").write_bytes(_LIST)
    shown = openssl(tmp_path, "crl", "-inform", "der", "-in", "a.crl", "-CAfile", "ca.pem", "-text")
    assert "verify OK" in shown.stderr
    assert f"Serial Number: {signer().certificate.serial_number:04X}" in shown.stdout
