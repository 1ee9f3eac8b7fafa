"""Papers signed with a key that is elsewhere: digests out, signatures back, nothing between.

The work that signs is done twice with the same wish and the same moment: first with a key that
only takes note of the digests and goes no further, then with a key that knows the signatures.
What changed meanwhile gives another digest, for which there is no signature.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from django.db import transaction

from hocba.errors import Refused
from hocba.ports import Key
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.models import PaperRound
from hocba_server.school.signing.paper_tasks import Wish
from hocba_server.school.signing.rounds import ROUND_MINUTES, ReplayKey, read_certificate
from hocba_server.web.accounts.actor import Actor

_T = TypeVar("_T")
Work = Callable[[Key, dt.datetime, Wish], _T]
"""Signs with this key at this moment what the wish says; every check of it is made both times."""


class _Wanted(Exception):
    """Carries the digests out of the signing code, which goes no further."""

    def __init__(self, digests: Sequence[bytes]) -> None:
        super().__init__()
        self.digests = tuple(digests)


@dataclass(frozen=True)
class _AskingKey:
    certificate: x509.Certificate
    algorithm: str
    chain: tuple[x509.Certificate, ...] = ()

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Answer by asking."""
        raise _Wanted(digests)


@dataclass(frozen=True, slots=True)
class Offer:
    """What holds the key offers: certificate (DER) and the name of an algorithm."""

    certificate: bytes
    algorithm: str


def set_aside(*, by: Actor, at: dt.datetime, purpose: str, wish: Wish) -> None:
    """Keep a wish while the person goes for the key: to the provider of a remote signature."""
    with school_transaction():
        PaperRound.objects.update_or_create(
            school=own_school(by),
            person=str(by.personal_id),
            purpose=purpose,
            defaults={
                "wish": dict(wish),
                "certificate": b"",
                "algorithm": "",
                "digests": [],
                "signing_time": at.replace(microsecond=0),
            },
        )


def wish_out(*, by: Actor, purpose: str) -> Wish:
    """The wish that was set aside or asked for. Raises `Refused` with `no_round`."""
    out = PaperRound.objects.filter(
        school=own_school(by), person=str(by.personal_id), purpose=purpose
    ).first()
    if out is None:
        raise no_round()
    found: Wish = out.wish
    return found


def digests_out(*, by: Actor, purpose: str) -> tuple[bytes, ...]:
    """The digests that were asked for. Raises `Refused` with `no_round` when there are none."""
    out = PaperRound.objects.filter(
        school=own_school(by), person=str(by.personal_id), purpose=purpose
    ).first()
    if out is None or not out.digests:
        raise no_round()
    return tuple(bytes.fromhex(text) for text in out.digests)


def no_round() -> Refused:
    """Nothing is out, or it has been out for too long."""
    return Refused(
        "no_round",
        "Lượt ký không còn hiệu lực. Bấm ký lại để lấy lượt mới.",
        "The round is over. Start again to get a new one.",
    )


def ask(
    *, by: Actor, at: dt.datetime, purpose: str, wish: Wish, offer: Offer, work: Work[_T]
) -> tuple[bytes, ...]:
    """The digests that the device has to sign; nothing else is kept of this.

    Raises `Refused` with `algorithm`, and whatever the work refuses.
    """
    if offer.algorithm not in SignatureAlgorithm.__members__:
        raise Refused("algorithm", "Thuật toán ký không được dùng.", "Algorithm not allowed.")
    school, moment = own_school(by), at.replace(microsecond=0)
    wanted: tuple[bytes, ...] = ()
    try:
        with transaction.atomic(using=SCHOOL_DATABASE):
            work(_AskingKey(read_certificate(offer.certificate), offer.algorithm), moment, wish)
    except _Wanted as asked:
        wanted = asked.digests
    with school_transaction():
        PaperRound.objects.update_or_create(
            school=school,
            person=str(by.personal_id),
            purpose=purpose,
            defaults={
                "wish": dict(wish),
                "certificate": offer.certificate,
                "algorithm": offer.algorithm,
                "digests": [digest.hex() for digest in wanted],
                "signing_time": moment,
            },
        )
    return wanted


def answer(
    *,
    by: Actor,
    at: dt.datetime,
    purpose: str,
    signatures: Sequence[bytes],
    work: Work[_T],
) -> _T:
    """Keep what was asked for, with the signatures that came back.

    Raises `Refused`: `no_round` (too late or never asked), `key_answer` (too few), what
    `ReplayKey` refuses, and whatever the work refuses. Nothing is signed then.
    """
    with school_transaction():
        out = (
            PaperRound.objects.select_for_update()
            .filter(school=own_school(by), person=str(by.personal_id), purpose=purpose)
            .first()
        )
        if out is None or at - out.signing_time > dt.timedelta(minutes=ROUND_MINUTES):
            raise no_round()
        digests = [bytes.fromhex(text) for text in out.digests]
        if not digests or len(signatures) != len(digests):
            raise Refused(
                "key_answer",
                "Thiết bị ký trả về thiếu chữ ký; chưa giấy tờ nào được ký.",
                "The signing device returned too few signatures; nothing was signed.",
            )
        key = ReplayKey(
            read_certificate(bytes(out.certificate)),
            out.algorithm,
            dict(zip(digests, signatures, strict=True)),
        )
        key.check()
        done = work(key, out.signing_time, out.wish)
        out.delete()
    return done
