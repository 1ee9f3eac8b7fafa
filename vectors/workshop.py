"""The invented world in which the vectors are made: authorities, people, a school, a log.

Keys live only while the vectors are built and are thrown away; what is committed is public.
"""

from __future__ import annotations

import dataclasses
import secrets
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba.errors import HocBaError
from hocba.ids import PersonalId
from hocba.record.codec import write_data
from hocba.record.model import AnnualRecord, SignerRole, SlotId
from hocba.record.sample import HOMEROOM, LEADER, SCHOOL_CODE, SPECIALISTS, sample_record
from hocba.record.slots import required_slots
from hocba.record.values import VIETNAM
from hocba.rendition.form import render_pdf
from hocba.rendition.seal import seal_pdf
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest, sign_slot
from hocba.signature.xml_verify import verify_signatures
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import SALT_SIZE, EntryKind, LogEntry, commit
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.proof import LogProof
from hocba.trust.collect import collect_evidence
from hocba.trust.evidence import Evidence, write_container
from hocba.trust.store import TrustStore
from hocba.verify.face import signature_lines
from hocba_certworld.local import LocalRevocation, LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
SIGNED = datetime(2026, 5, 27, 9, 0, tzinfo=VIETNAM)
STAMPED = datetime(2026, 5, 27, 16, 0, tzinfo=VIETNAM)
COLLECTED = datetime(2026, 5, 28, tzinfo=UTC)
VERIFIED = datetime(2026, 6, 2, tzinfo=UTC)
ORIGIN = "hocba.example.vn/so-cong-khai"
VERIFY_URL = "https://hocba.example.vn/xac-thuc"
_HOUR = timedelta(hours=1)
_STEPS = {
    SignerRole.SUBJECT_TEACHER: SIGNED,
    SignerRole.HOMEROOM_TEACHER: SIGNED + _HOUR,
    SignerRole.SCHOOL_LEADER: SIGNED + 2 * _HOUR,
    SignerRole.ORGANISATION: SIGNED + 3 * _HOUR,
}


@dataclasses.dataclass
class Workshop:
    """Everything that making a vector needs."""

    world: CertWorld
    people: dict[str, SoftKey]
    seal: SoftKey
    log_key: Ed25519PrivateKey
    store: TrustStore

    @classmethod
    def open(cls) -> Workshop:
        """Make a world in a folder that is gone with the process."""
        folder = Path(tempfile.mkdtemp(prefix="hocba-vectors-"))
        world = CertWorld.create(folder / "world", MADE)
        people = {
            str(person.personal_id): world.issue_person(person.full_name, person.personal_id)
            for person in (HOMEROOM, LEADER, *SPECIALISTS.values())
        }
        seal = world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
        log_key = Ed25519PrivateKey.generate()
        store = TrustStore.from_pem([world.roots_pem(), public_pem(log_key)])
        return cls(world, people, seal, log_key, store)

    @property
    def issuers(self) -> list[object]:
        """Authorities and the time-stamp service."""
        return [self.world.keys[name].certificate for name in ("government", "public", "tsa")]

    def sign(
        self,
        record: AnnualRecord | None = None,
        *,
        keys: dict[SlotId | SignerRole, SoftKey] | None = None,
        times: dict[SignerRole, datetime] | None = None,
        numbers: dict[SignerRole, PersonalId] | None = None,
        skip: Sequence[SlotId] = (),
        stamp: bool = True,
    ) -> bytes:
        """Sign a record as everybody should, except for what the arguments change."""
        record = record or sample_record(4)
        document = write_data(record)
        for slot in required_slots(record):
            if slot in skip:
                continue
            owner = self._owner(slot, record)
            key = (keys or {}).get(slot) or (keys or {}).get(slot.role)
            key = key or (self.people[owner] if owner else self.seal)
            number = (numbers or {}).get(slot.role) or owner
            moment = (times or {}).get(slot.role) or _STEPS[slot.role]
            document = sign_slot(document, slot, key, moment, number)
        return self.stamp(document) if stamp else document

    def stamp(self, document: bytes, digest: bytes | None = None) -> bytes:
        """Put the time-stamp on the seal, over another digest when one is given."""
        source = LocalTimestamp(self.world, lambda: STAMPED)
        token = source.timestamp(digest or seal_timestamp_digest(document))
        return add_seal_timestamp(document, token)

    def _owner(self, slot: SlotId, record: AnnualRecord) -> PersonalId | None:
        if slot.role is SignerRole.ORGANISATION:
            return None
        if slot.role is SignerRole.SCHOOL_LEADER:
            return LEADER.personal_id
        if slot.role is SignerRole.HOMEROOM_TEACHER:
            return HOMEROOM.personal_id
        return SPECIALISTS[str(slot.subject)].personal_id

    def evidence(self, signed: bytes | None = None, *, issuers: Sequence[object] = ()) -> Evidence:
        """Collect certificates, OCSP answers and CRLs for the signers of a document."""
        try:
            leaves = [fact.certificate for fact in verify_signatures(signed or self.sign())]
        except HocBaError:
            leaves = [key.certificate for key in (*self.people.values(), self.seal)]
        known = [*self.issuers, *issuers]
        source = LocalRevocation(self.world, lambda: COLLECTED)
        return collect_evidence(leaves, known, self.store, COLLECTED, source)  # type: ignore[arg-type]

    def log(
        self,
        document: bytes,
        *,
        seal: SoftKey | None = None,
        kind: EntryKind = EntryKind.ISSUE,
        key: Ed25519PrivateKey | None = None,
    ) -> tuple[bytes, bytes]:
        """Log a document as accepted: entry and proof, among the entries of other records."""
        salt = secrets.token_bytes(SALT_SIZE)
        signer = key or self.log_key
        entry = LogEntry(
            kind=kind,
            unit_code=SCHOOL_CODE,
            school_year=sample_record(4).school_year,
            seal_sha256=(seal or self.seal).certificate.fingerprint(hashes.SHA256()),
            commitment=commit(salt, document),
            accepted_at=COLLECTED,
        ).encode()
        tree = HashTree([leaf_hash(str(other).encode()) for other in range(5)])
        index = tree.append(leaf_hash(entry))
        head = Checkpoint(ORIGIN, tree.size, tree.root(), COLLECTED)
        note = head.sign(signer.public_key(), signer.sign)
        proof = LogProof(index, tuple(tree.inclusion(index)), note, salt)
        return entry, proof.encode()

    def container(self, document: bytes, evidence: Evidence, **changed: object) -> bytes:
        """The evidence file of a document that the department accepted as it is."""
        entry, proof = self.log(document, **changed)  # type: ignore[arg-type]
        return write_container(
            None, dataclasses.replace(evidence, log_entry=entry, log_proof=proof)
        )

    def pdf(
        self, document: bytes, evidence: bytes, *, shown: AnnualRecord, key: SoftKey | None = None
    ) -> bytes:
        """The sealed PDF of a document whose face shows the record `shown`."""
        unsealed = render_pdf(
            shown,
            document,
            fonts=None,
            signatures=signature_lines(document),
            verify_url=f"{VERIFY_URL}?ma={shown.record_uuid}",
            timestamp=STAMPED,
            evidence=evidence,
        )
        source = LocalTimestamp(self.world, lambda: COLLECTED)
        return seal_pdf(unsealed, key or self.seal, COLLECTED, source)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half, for the trust folder."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
