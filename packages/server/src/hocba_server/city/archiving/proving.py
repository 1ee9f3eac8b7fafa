"""Giving a time-stamp the answers that prove its service's certificate."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.archive.check import service_path
from hocba.archive.tokens import with_evidence
from hocba.errors import HocBaError, Sentence, Unavailable
from hocba.signature.timestamp import read_token
from hocba.trust.evidence import Evidence
from hocba.trust.path import CertificatePath, Usage, build_path
from hocba.trust.revocation import RevocationStatus
from hocba_server.city.archiving.models import ProvenStamp, TreeStamp
from hocba_server.city.archiving.trees import Desk
from hocba_server.city.trust import known_issuers, trust_store

PATIENCE = dt.timedelta(days=8)
"""A list of revoked certificates comes out at least once a week; longer is a problem."""


def prove_stamps(desk: Desk) -> tuple[int, list[Sentence]]:
    """Complete the stamps that wait for an answer; answers how many, and what is wrong."""
    count, problems = 0, list[Sentence]()
    for stamp in TreeStamp.objects.filter(proven__isnull=True).order_by("pk"):
        try:
            token = _proven(stamp, desk)
        except HocBaError as fault:
            problems.append(fault.sentence)
            continue
        if token is not None:
            rows = [ProvenStamp(stamp=stamp, token=token, proven_at=desk.at)]
            ProvenStamp.objects.bulk_create(rows, ignore_conflicts=True)
            count += 1
        elif desk.at > stamp.stamped_at + PATIENCE:
            problems.append(_waits_long(stamp))
    return count, problems


def _proven(stamp: TreeStamp, desk: Desk) -> bytes | None:
    """The token with its evidence; None while no answer is new enough. Raises `Unavailable`, and
    `Unavailable` with code `tsa_revoked` when the service was revoked before it stamped."""
    token = bytes(stamp.token)
    fact = read_token(token, bytes(stamp.root), known_issuers())
    path = build_path(fact.certificate, known_issuers(), trust_store(), fact.time, Usage.TIMESTAMP)
    whole = with_evidence(token, _collect(path, desk))
    _, status = service_path(fact, whole, trust_store())
    if status is RevocationStatus.REVOKED:
        raise Unavailable(
            "tsa_revoked",
            f"Chứng thư số của dịch vụ dấu thời gian “{stamp.service}” đã bị thu hồi.",
            f"The certificate of the time-stamp service “{stamp.service}” was revoked.",
        )
    return whole if status is RevocationStatus.GOOD else None


def _collect(path: CertificatePath, desk: Desk) -> Evidence:
    answers: list[bytes] = []
    lists: dict[bytes, None] = {}
    for depth, (certificate, issuer) in enumerate(path.links()):
        answer = desk.revocation.ocsp(certificate, issuer) if depth == 0 else None
        if answer is not None:
            answers.append(answer)
            continue
        crl = desk.revocation.crl(certificate)
        if crl is not None:
            lists[crl] = None
    known = tuple(each.public_bytes(Encoding.DER) for each in path.certificates[:-1])
    return Evidence(certificates=known, ocsp=tuple(answers), crls=tuple(lists))


def _waits_long(stamp: TreeStamp) -> Sentence:
    return Sentence(
        f"Dấu thời gian số {stamp.pk} chưa có trả lời về chứng thư của dịch vụ “{stamp.service}” "
        "quá 8 ngày.",
        f"Time-stamp {stamp.pk} has waited for an answer about “{stamp.service}” for 8 days.",
    )
