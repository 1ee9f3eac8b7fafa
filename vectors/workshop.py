"""The invented world in which the vectors are made: authorities, people, a school, a log.

Keys live only while the vectors are built and are thrown away; what is committed is public.
"""

from __future__ import annotations

import dataclasses
import secrets
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hocba.errors import HocBaError
from hocba.ids import UnitCode
from hocba.record.model import Person
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.record.secondary.model import AnyRecord
from hocba.rendition.form import render_pdf
from hocba.rendition.seal import seal_pdf
from hocba.signature.xml_verify import verify_signatures
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import SALT_SIZE, EntryKind, LogEntry, commit
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.proof import LogProof
from hocba.trust.collect import collect_evidence
from hocba.trust.evidence import Evidence, write_container
from hocba.trust.store import TrustStore
from hocba.verify.face import signature_lines
from hocba_certworld.cast import PEOPLE, STAMPED, Cast
from hocba_certworld.local import LocalRevocation, LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
COLLECTED = datetime(2026, 5, 28, tzinfo=UTC)
VERIFIED = datetime(2026, 6, 2, tzinfo=UTC)
ORIGIN = "hocba.example.vn/so-cong-khai"
VERIFY_URL = "https://hocba.example.vn/xac-thuc"


@dataclasses.dataclass
class Workshop:
    """Everything that making a vector needs."""

    world: CertWorld
    cast: Cast
    log_key: Ed25519PrivateKey
    store: TrustStore
    unit_code: UnitCode = SCHOOL_CODE

    @classmethod
    def open(
        cls,
        unit_code: UnitCode = SCHOOL_CODE,
        *,
        people: Sequence[Person] = PEOPLE,
        school_name: str = "Trường Tiểu học Mẫu",
    ) -> Workshop:
        """Make a world in a folder that is gone with the process."""
        folder = Path(tempfile.mkdtemp(prefix="hocba-vectors-"))
        world = CertWorld.create(folder / "world", MADE)
        log_key = Ed25519PrivateKey.generate()
        store = TrustStore.from_pem([world.roots_pem(), public_pem(log_key)])
        cast = Cast.hire(world, unit_code, people=people, school_name=school_name)
        return cls(world, cast, log_key, store, unit_code)

    @property
    def issuers(self) -> list[object]:
        """Authorities and the time-stamp service."""
        return [self.world.keys[name].certificate for name in ("government", "public", "tsa")]

    def evidence(self, signed: bytes | None = None, *, issuers: Sequence[object] = ()) -> Evidence:
        """Collect certificates, OCSP answers and CRLs for the signers of a document."""
        try:
            leaves = [fact.certificate for fact in verify_signatures(signed or self.cast.sign())]
        except HocBaError:
            leaves = [key.certificate for key in (*self.cast.people.values(), self.cast.seal)]
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
            unit_code=self.unit_code,
            school_year=sample_record(4).school_year,
            seal_sha256=(seal or self.cast.seal).certificate.fingerprint(hashes.SHA256()),
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
        self, document: bytes, evidence: bytes, *, shown: AnyRecord, key: SoftKey | None = None
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
        return seal_pdf(unsealed, key or self.cast.seal, COLLECTED, source)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half, for the trust folder."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
