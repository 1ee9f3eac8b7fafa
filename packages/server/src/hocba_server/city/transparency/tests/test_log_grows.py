"""The public log proves what was accepted, offline, and shows nothing personal."""

from __future__ import annotations

import json

from django.test import Client

from hocba.record.sample import sample_record
from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.merkle import HashTree, leaf_hash, verify_consistency
from hocba.tlog.proof import verify_log_proof
from hocba_server.city.conftest import Submit
from hocba_server.city.log_key import log_key
from hocba_server.city.repository.selectors import evidence_for
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.transparency.selectors import checkpoint


def test_a_proof_holds_for_its_record_only(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    key = log_key().public_key()
    for seed, document in enumerate(documents):
        evidence = evidence_for(sample_record(4, seed=seed).record_uuid)
        assert evidence.log_entry is not None
        assert evidence.log_proof is not None
        fact = verify_log_proof(document, evidence.log_entry, evidence.log_proof, [key])
        assert (fact.index, fact.size) == (seed, 3)


def test_the_log_only_grows(submit: Submit, documents: list[bytes]) -> None:
    submit(documents[0])
    key = log_key().public_key()
    old = open_checkpoint(checkpoint(), [key])
    submit(*documents[1:])
    new = open_checkpoint(checkpoint(), [key])
    entries = LogEntryRow.objects.order_by("index").values_list("entry", flat=True)
    tree = HashTree(leaf_hash(bytes(entry)) for entry in entries)
    assert new.root == tree.root()
    verify_consistency(old.size, new.size, old.root, new.root, tree.consistency(old.size))


def test_entries_hold_no_personal_data(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    record = sample_record(4)
    for row in LogEntryRow.objects.all():
        text = bytes(row.entry).decode()
        for secret in (record.pupil.full_name, record.pupil.personal_id, record.record_uuid):
            assert secret not in text


def test_everybody_can_read_the_log(submit: Submit, documents: list[bytes], client: Client) -> None:
    submit(*documents)
    note = client.get("/log/checkpoint")
    assert open_checkpoint(note.content, [log_key().public_key()]).size == 3
    assert client.get("/log/tile/0/000.p/3").status_code == 200
    assert client.get("/log/tile/entries/000.p/3").status_code == 200
    assert client.get("/log/tile/9/999").status_code == 404
    assert json.dumps(sample_record(4).pupil.full_name) not in str(note.content)
