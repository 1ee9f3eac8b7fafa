"""Asking the witnesses for their cosignatures (C2SP tlog-witness, add-checkpoint)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.errors import HocBaError, Malformed, NotTrusted, Sentence, Unavailable
from hocba.tlog.checkpoint import parse_checkpoint_text
from hocba.tlog.cosignature import read_cosignatures
from hocba.tlog.merkle import consistency_proof
from hocba.tlog.note import COSIGNATURE as KIND
from hocba.tlog.note import Note, NoteSignature, key_id, parse_note, parse_signature_lines
from hocba.tlog.trust_policy import KnownWitness
from hocba.tlog.witness import ADD_CHECKPOINT, CONFLICT, OK, AddCheckpoint, read_conflict
from hocba_server.adapters.http import Answer, ask
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.transparency.models import (
    SignedCheckpoint,
    Standing,
    WitnessCosignature,
    WitnessStanding,
)
from hocba_server.city.transparency.tree import node_reader
from hocba_server.city.transparency.witnesses import log_policy
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event

TIMEOUT_SECONDS = 5
_MAX_ANSWER = 100_000


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: Standing
    size: int
    sentence: Sentence
    line: str = ""
    cosigned_at: dt.datetime | None = None


def collect_cosignatures(*, at: dt.datetime) -> int:
    """Ask every witness that has not cosigned the newest head; answers how many new lines came.

    The network is used outside of any transaction. A witness that is away is asked again with the
    next head or the next round; one that saw another log than ours is written down as a conflict.
    """
    head = SignedCheckpoint.objects.order_by("-pk").first()
    if head is None:
        return 0
    done = set(head.cosignatures.values_list("witness", flat=True))
    new = 0
    for witness in log_policy().witnesses:
        if witness.url and witness.key.name not in done:
            outcome = _ask(witness, witness.url, head)
            new += _keep(witness.key.name, head, outcome, at)
    return new


def _ask(witness: KnownWitness, url: str, head: SignedCheckpoint) -> _Outcome:
    known = WitnessStanding.objects.filter(witness=witness.key.name).first()
    size = known.size if known else 0
    try:
        answer = _post(url, head, min(size, head.size))
        if answer.status == CONFLICT:
            told = read_conflict(answer.content)
            if told == min(size, head.size) or told > head.size:
                return _conflict(told, head)
            size = told
            answer = _post(url, head, told)
        if answer.status != OK:
            raise _refused(answer)
        return _read(witness, head, answer.content)
    except Unavailable as fault:
        return _Outcome(Standing.AWAY, size, fault.sentence)
    except HocBaError as fault:
        return _Outcome(Standing.CONFLICT, size, fault.sentence)


def _post(url: str, head: SignedCheckpoint, old_size: int) -> Answer:
    proof = consistency_proof(old_size, head.size, node_reader(head.size))
    body = AddCheckpoint(old_size, tuple(proof), bytes(head.note)).encode()
    return ask(
        f"{url.rstrip('/')}/{ADD_CHECKPOINT}",
        body,
        headers={"Content-Type": "text/plain; charset=utf-8"},
        limit=_MAX_ANSWER,
        timeout=TIMEOUT_SECONDS,
    )


def _read(witness: KnownWitness, head: SignedCheckpoint, content: bytes) -> _Outcome:
    """Take over only lines of this witness, and only when they verify over our own head."""
    wanted = key_id(witness.key.name, witness.key.key, KIND)
    lines: list[NoteSignature] = [
        line
        for line in parse_signature_lines(content)
        if (line.name, line.key_id) == (witness.key.name, wanted)
    ]
    text = parse_note(bytes(head.note)).text
    found = read_cosignatures(Note(text, tuple(lines[-1:])), [witness.key])
    if not found:
        raise Malformed(
            "cosignature",
            "Nhân chứng trả lời mà không cùng ký.",
            "The witness answered without its cosignature.",
        )
    return _Outcome(
        Standing.WELL,
        parse_checkpoint_text(text).size,
        Sentence("", ""),
        lines[-1].encode(),
        found[0].at,
    )


def _keep(name: str, head: SignedCheckpoint, outcome: _Outcome, at: dt.datetime) -> int:
    with city_transaction():
        standing = WitnessStanding.objects.select_for_update().filter(
            witness=name
        ).first() or WitnessStanding(witness=name)
        worse = outcome.state is Standing.CONFLICT and standing.state != Standing.CONFLICT
        standing.state, standing.sentence = outcome.state, outcome.sentence.vi[:500]
        standing.size, standing.asked_at = max(standing.size, outcome.size), at
        standing.cosigned_at = outcome.cosigned_at or standing.cosigned_at
        standing.save()
        if worse:
            record_event(
                using=CITY_DATABASE,
                by=platform_actor("city"),
                at=at,
                action="witness_conflict",
                subject=f"witness:{name}",
                detail={"sentence": outcome.sentence.vi, "size": head.size},
            )
        if not outcome.line:
            return 0
        _, new = WitnessCosignature.objects.get_or_create(
            head=head,
            witness=name,
            defaults={"line": outcome.line, "cosigned_at": outcome.cosigned_at},
        )
    return int(new)


def _conflict(told: int, head: SignedCheckpoint) -> _Outcome:
    sentence = Sentence(
        f"Nhân chứng đã thấy sổ {told} mục mà sổ của Sở (cỡ {head.size}) không nối tiếp được: cơ "
        "sở dữ liệu cũ, hoặc có người giả sổ.",
        f"The witness has seen a log of {told} entries that ours (size {head.size}) does not "
        "continue: an old database, or somebody forges the log.",
    )
    return _Outcome(Standing.CONFLICT, 0, sentence)


def _refused(answer: Answer) -> HocBaError:
    text = answer.content[:200].decode("utf-8", "replace").strip()
    family = NotTrusted if answer.status in {409, 422} else Unavailable
    return family(
        "witness",
        f"Nhân chứng từ chối (mã {answer.status}): {text}",
        f"The witness refused ({answer.status}): {text}",
    )
