"""A realistic record: a real form, nine people with authorities of the demo, and a time-stamp."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hocba.ids import PersonalId
from hocba.record.codec import read_record, write_data
from hocba.record.sample import HOMEROOM, LEADER, SCHOOL_CODE, SPECIALISTS, sample_record
from hocba.record.slots import required_slots
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest, sign_slot
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

NOW = datetime(2026, 5, 29, 8, tzinfo=UTC)
LIMIT = 40_000
"""Bytes of a record with nine signatures."""


def test_nine_signatures_and_a_time_stamp_stay_small(tmp_path: Path) -> None:
    world = CertWorld.create(tmp_path / "w", NOW)
    record = sample_record(4)
    document = write_data(record)
    seal = world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    people = {"GVCN": HOMEROOM, "CBQL": LEADER}
    slots = required_slots(record)
    assert len(slots) == 9
    for slot in slots:
        key: SoftKey = seal
        number: PersonalId | None = None
        if slot.role.value != "KY_PHAT_HANH":
            person = people[slot.role.value] if slot.subject is None else SPECIALISTS[slot.subject]
            number = person.personal_id
            key = world.issue_person(person.full_name, number)
        document = sign_slot(document, slot, key, NOW, number)
    token = LocalTimestamp(world, lambda: NOW).timestamp(seal_timestamp_digest(document))
    document = add_seal_timestamp(document, token)
    assert len(document) < LIMIT
    facts = verify_signatures(document)
    assert [fact.slot for fact in facts] == list(slots)
    assert [fact.fault for fact in facts] == [None] * 9
    assert read_record(document).record == record
