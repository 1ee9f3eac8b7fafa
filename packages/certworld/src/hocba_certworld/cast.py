"""The people of one invented school with their keys, who sign sample records as they should.

For tests, vectors and measurements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hocba.ids import PersonalId
from hocba.record.codec import AnyRecord, write_any
from hocba.record.model import Person, SignerRole, SlotId
from hocba.record.sample import HOMEROOM, LEADER, SCHOOL_CODE, SPECIALISTS, sample_record
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.sample import teacher_of
from hocba.record.slots import required_slots
from hocba.record.values import VIETNAM
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest, sign_many, sign_slot
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

SIGNED = datetime(2026, 5, 27, 9, 0, tzinfo=VIETNAM)
STAMPED = datetime(2026, 5, 27, 16, 0, tzinfo=VIETNAM)
PEOPLE = (HOMEROOM, LEADER, *SPECIALISTS.values())
"""Whom `sample_record` names."""
_HOUR = timedelta(hours=1)
_STEPS = {
    SignerRole.SUBJECT_TEACHER: SIGNED,
    SignerRole.HOMEROOM_TEACHER: SIGNED + _HOUR,
    SignerRole.SCHOOL_LEADER: SIGNED + 2 * _HOUR,
    SignerRole.ORGANISATION: SIGNED + 3 * _HOUR,
}


@dataclass(frozen=True)
class Cast:
    """Everybody whom `sample_record` names, with a key, and the school's seal."""

    world: CertWorld
    people: Mapping[str, SoftKey]
    """By personal number."""
    seal: SoftKey

    @classmethod
    def hire(
        cls,
        world: CertWorld,
        unit_code: str = SCHOOL_CODE,
        *,
        algorithm: str = "ECDSA_P256",
        people: Sequence[Person] = PEOPLE,
        school_name: str = "Trường Tiểu học Mẫu",
    ) -> Cast:
        """Make the keys of everybody: the people's of this kind, the seal always RSA-2048."""
        keys = {
            str(person.personal_id): world.issue_person(
                person.full_name, person.personal_id, algorithm=algorithm
            )
            for person in people
        }
        return cls(world, keys, world.issue_organisation(school_name, unit_code))

    def sign(
        self,
        record: AnyRecord | None = None,
        *,
        keys: Mapping[SignerRole, SoftKey] | None = None,
        times: Mapping[SignerRole, datetime] | None = None,
        numbers: Mapping[SignerRole, PersonalId] | None = None,
        skip: Sequence[SlotId] = (),
        stamp: bool = True,
    ) -> bytes:
        """Sign a record as everybody should, except for what the arguments change."""
        record = record or sample_record(4)
        document = write_any(record)
        for slot in required_slots(record):
            if slot in skip:
                continue
            owner = owner_of(slot, record)
            key = (keys or {}).get(slot.role) or (self.people[owner] if owner else self.seal)
            number = (numbers or {}).get(slot.role) or owner
            moment = (times or {}).get(slot.role) or _STEPS[slot.role]
            document = sign_slot(document, slot, key, moment, number)
        return self.stamp(document) if stamp else document

    def sign_class(self, records: Sequence[AnyRecord]) -> list[bytes]:
        """Sign records of one grade as everybody should, each person with one call of the key."""
        documents = [write_any(record) for record in records]
        for slot in required_slots(records[0]) if records else ():
            owner = owner_of(slot, records[0])
            key = self.people[owner] if owner else self.seal
            documents = sign_many(documents, slot, key, _STEPS[slot.role], owner)
        return [self.stamp(document) for document in documents]

    def stamp(self, document: bytes, digest: bytes | None = None) -> bytes:
        """Put the time-stamp on the seal, over another digest when one is given."""
        source = LocalTimestamp(self.world, lambda: STAMPED)
        token = source.timestamp(digest or seal_timestamp_digest(document))
        return add_seal_timestamp(document, token)


def owner_of(slot: SlotId, record: AnyRecord) -> PersonalId | None:
    """Who signs a slot of a sample record; None for the seal."""
    if slot.role is SignerRole.ORGANISATION:
        return None
    if slot.role is SignerRole.SCHOOL_LEADER:
        return LEADER.personal_id
    if slot.role is SignerRole.HOMEROOM_TEACHER:
        return HOMEROOM.personal_id
    if isinstance(record, SecondaryRecord):
        return teacher_of(str(slot.subject), record.grade).personal_id
    return SPECIALISTS[str(slot.subject)].personal_id
