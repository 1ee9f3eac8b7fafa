"""What was accepted gets its first archive time-stamp, once, and the family can prove it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import Error, connections, transaction

from hocba.errors import Refused
from hocba.record.sample import sample_record
from hocba.verify.verdict import Verdict
from hocba_certworld.cast import Cast
from hocba_server.city.archiving.models import (
    ArchiveRun,
    RecordLeaf,
    SkippedRecord,
    TreeBatch,
    TreeStamp,
)
from hocba_server.city.archiving.tests.nights import LATER, NIGHT, Away, night, verify_at
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.tests.cast import OFFICER, STRANGER
from hocba_server.web.audit.models import AuditEntry

UUID = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]
DAY = dt.timedelta(days=1)


def test_a_day_in_one_tree(submit: Submit, documents: list[bytes], cast: Cast) -> None:
    submit(*documents)
    run = night(cast.world)
    assert (run.stamped, run.proven, run.problem) == (3, 1, "")
    assert (TreeStamp.objects.get().leaf_count, RecordLeaf.objects.count()) == (3, 3)
    for uuid in UUID:
        report = verify_at(uuid, NIGHT + DAY)
        assert report.verdict is Verdict.VALID, report.to_text()
        assert report.checks[-1].code == "archive"
    audit = AuditEntry.objects.using("city").get(action="keep_archive")
    assert audit.detail["stamped"] == 3


def test_a_second_night_stamps_only_what_is_new(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    night(cast.world)
    assert night(cast.world, NIGHT + DAY).stamped == 0
    submit(*documents[1:])
    assert night(cast.world, NIGHT + 2 * DAY).stamped == 2
    assert TreeStamp.objects.count() == 2
    assert verify_at(UUID[2], NIGHT + 3 * DAY).verdict is Verdict.VALID
    assert AuditEntry.objects.using("city").filter(action="keep_archive").count() == 2


def test_many_parts_of_a_tree(
    submit: Submit, documents: list[bytes], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(*documents)
    for room in ("trees", "stamping"):
        monkeypatch.setattr(f"hocba_server.city.archiving.{room}.BATCH", 2)
    night(cast.world)
    assert TreeBatch.objects.count() == 2
    assert all(verify_at(uuid, NIGHT + DAY).verdict is Verdict.VALID for uuid in UUID)


def test_without_a_stamp_the_proof_ends_with_the_certificates(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    assert verify_at(UUID[0], LATER).verdict is Verdict.VALID
    report = verify_at(UUID[0], LATER + 365 * DAY)
    assert report.verdict is Verdict.UNDETERMINED
    assert report.checks[-1].reason == "archive_missing"


def test_a_service_that_is_away(submit: Submit, documents: list[bytes], cast: Cast) -> None:
    submit(*documents)
    run = night(cast.world, source=Away())
    assert (run.stamped, run.problem) == (0, "Dịch vụ không trả lời.")
    assert night(cast.world, NIGHT + DAY).stamped == 3


def test_a_service_that_nobody_trusts(
    submit: Submit, documents: list[bytes], cast: Cast, settings: object
) -> None:
    submit(*documents)
    (settings.TRUST_DIR / "tsa.pem").unlink()  # type: ignore[attr-defined]
    run = night(cast.world)
    assert run.stamped == 0
    assert "dịch vụ dấu thời gian" in run.problem


def test_a_damaged_original_stops_no_other(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    table, uuid = "city_repository_original", UUID[2]
    row = StoredRecord.objects.get(record_uuid=uuid)
    good = bytes(row.original.document)
    damage(f"UPDATE {table} SET document = 'x' WHERE record_id = %s", [row.pk])
    run = night(cast.world)
    assert run.stamped == 2
    assert uuid in run.problem
    assert SkippedRecord.objects.get().record.record_uuid == uuid
    assert night(cast.world, NIGHT + DAY).stamped == 0
    damage(f"UPDATE {table} SET document = %s WHERE record_id = %s", [good, row.pk])
    assert night(cast.world, NIGHT + 2 * DAY).stamped == 1
    assert verify_at(uuid, NIGHT + 3 * DAY).verdict is Verdict.VALID


def test_lists_only_come_later(submit: Submit, documents: list[bytes], cast: Cast) -> None:
    """An answer from before the stamp proves nothing: the stamp waits and is not delivered."""
    submit(*documents)
    early = NIGHT - DAY
    world = cast.world

    class Old:
        def ocsp(self, *_: object) -> None:
            return None

        def crl(self, *_: object) -> bytes:
            return world.crl("root", early)

    run = night(world, revocation=Old())
    assert (run.stamped, run.proven, run.problem) == (3, 0, "")
    assert verify_at(UUID[0], NIGHT + DAY).checks[-1].code != "archive"
    assert night(world, NIGHT + DAY).proven == 1
    assert verify_at(UUID[0], NIGHT + DAY).checks[-1].code == "archive"


def test_only_who_may(submit: Submit, documents: list[bytes], cast: Cast) -> None:
    submit(*documents)
    with pytest.raises(Refused) as caught:
        night(cast.world, by=STRANGER)
    assert caught.value.code == "role"
    assert not ArchiveRun.objects.exists()
    assert night(cast.world, by=OFFICER).run_by_name == OFFICER.name


@pytest.mark.parametrize(
    "table",
    ["treestamp", "provenstamp", "treebatch", "recordleaf", "archiverun"],
)
def test_nothing_is_changed_or_deleted(
    submit: Submit, documents: list[bytes], cast: Cast, table: str
) -> None:
    submit(*documents)
    night(cast.world)
    for statement in ("DELETE FROM {}", "UPDATE {} SET id = id", "TRUNCATE {} CASCADE"):
        with (
            pytest.raises(Error, match="append-only"),
            transaction.atomic(using="city"),
            connections["city"].cursor() as cursor,
        ):
            cursor.execute("SET LOCAL ROLE NONE")  # the owner; the roles have no right to it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format(f"city_archiving_{table}"))
