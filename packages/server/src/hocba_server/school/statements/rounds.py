"""Statements signed with the signer's own device, as many at once as wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hocba.ports import Key, TimestampSource
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.paper_rounds import Offer, Wish, Work, answer, ask
from hocba_server.school.signing.rounds import Digests
from hocba_server.school.statements.selectors import deny_statement_step, statements_waiting
from hocba_server.school.statements.services import MOST, sign_statements
from hocba_server.web.accounts.actor import Actor


def _signing(
    by: Actor, step: str, timestamp: TimestampSource, trust: CertificateTrust
) -> Work[int]:
    def work(key: Key, moment: dt.datetime, wish: Wish) -> int:
        return sign_statements(
            by=by,
            at=moment,
            step=step,
            statement_ids=wish["statements"],
            key=key,
            timestamp=timestamp,
            trust=trust,
        )

    return work


def next_round(
    *,
    by: Actor,
    at: dt.datetime,
    step: str,
    offer: Offer,
    timestamp: TimestampSource,
    trust: CertificateTrust,
) -> Digests:
    """The digests of what waits for this step; an empty answer when nothing does."""
    require(deny_statement_step(by, step))
    ids = [row.pk for row in statements_waiting(own_school(by), step)][:MOST]
    if not ids:
        return Digests((), 0, over=True)
    wanted = ask(
        by=by,
        at=at,
        purpose=f"statements:{step}",
        wish={"statements": ids},
        offer=offer,
        work=_signing(by, step, timestamp, trust),
    )
    return Digests(wanted, len(ids))


def complete_round(
    *,
    by: Actor,
    at: dt.datetime,
    step: str,
    signatures: Sequence[bytes],
    timestamp: TimestampSource,
    trust: CertificateTrust,
) -> bool:
    """Keep the signatures of the round that is out; True when nothing waits any more."""
    answer(
        by=by,
        at=at,
        purpose=f"statements:{step}",
        signatures=signatures,
        work=_signing(by, step, timestamp, trust),
    )
    return not statements_waiting(own_school(by), step)
