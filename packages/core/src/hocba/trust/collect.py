"""Gather the evidence for a set of certificates, each answer fetched once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import NotTrusted
from hocba.ports import RevocationSource
from hocba.trust.evidence import Evidence
from hocba.trust.path import Usage, build_path, check_leaf
from hocba.trust.store import TrustStore


def collect_evidence(
    leaf_certificates: Iterable[x509.Certificate],
    known_issuers: Sequence[x509.Certificate],
    store: TrustStore,
    at: datetime,
    revocation_source: RevocationSource,
) -> Evidence:
    """Fetch an OCSP answer for each signer and a CRL of each root about its authorities.

    The time-stamp services among `known_issuers` are looked after as well: tokens do not carry
    their certificates. A signer without OCSP answer gets the CRL of its authority. Certificates
    that lead to no root are skipped: verification will say so.

    Raises `Unavailable` when a source cannot be reached.
    """
    certificates: dict[bytes, None] = {}
    answers: dict[bytes, None] = {}
    lists: dict[x509.Certificate, bytes] = {}
    asked: set[x509.Certificate] = set()
    for leaf in (*leaf_certificates, *filter(is_timestamp_service, known_issuers)):
        path = _path(leaf, known_issuers, store, at)
        for depth, (certificate, issuer) in enumerate(path):
            if depth > 0 or certificate in known_issuers:
                certificates[certificate.public_bytes(Encoding.DER)] = None
            if certificate in asked:
                continue
            asked.add(certificate)
            answer = revocation_source.ocsp(certificate, issuer) if depth == 0 else None
            if answer is not None:
                answers[answer] = None
                continue
            if issuer in lists:
                continue
            crl = revocation_source.crl(certificate)
            if crl is not None:
                lists[issuer] = crl
    return Evidence(tuple(certificates), tuple(answers), tuple(lists.values()))


def is_timestamp_service(certificate: x509.Certificate) -> bool:
    """Tell whether the certificate was issued for time-stamps (RFC 3161 section 2.3)."""
    try:
        check_leaf(certificate, Usage.TIMESTAMP)
    except NotTrusted:
        return False
    return True


def _path(
    leaf: x509.Certificate,
    known_issuers: Sequence[x509.Certificate],
    store: TrustStore,
    at: datetime,
) -> tuple[tuple[x509.Certificate, x509.Certificate], ...]:
    for usage in (Usage.SIGNATURE, Usage.TIMESTAMP):
        try:
            return build_path(leaf, known_issuers, store, at, usage).links()
        except NotTrusted:
            continue
    return ()
