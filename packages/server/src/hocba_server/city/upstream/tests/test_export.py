"""Action: the rows of a school as files, with the reason written down."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from hocba.errors import Refused
from hocba.record.national.columns import COLUMNS, Table
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba_server.city.conftest import Submit
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.city.upstream.export import MadeFile, export_rows
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

YEAR = "2025-2026"


def export(form: str, *, by: Actor = OFFICER, purpose: str = "Nộp cho Bộ") -> MadeFile:
    return export_rows(
        by=by, at=SENT, school_year=YEAR, unit_code=SCHOOL_CODE, form=form, purpose=purpose
    )


@pytest.fixture(autouse=True)
def stored(submit: Submit, documents: list[bytes]) -> None:
    """Three records of one class."""
    submit(*documents)


def parts(made: MadeFile) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_json_lines_say_their_table() -> None:
    files = parts(export("jsonl"))
    rows = [json.loads(line) for line in files["dong-du-lieu.jsonl"].splitlines()]
    main = [row for row in rows if row["bang"] == Table.RECORD]
    assert len(main) == 3
    assert main[0]["madinhdanhhocba"] == sample_record(4).record_uuid
    assert "khong-gui-duoc.csv" in files


def test_csv_has_one_file_for_each_table() -> None:
    files = parts(export("csv"))
    for table in Table:
        lines = list(csv.reader(io.StringIO(files[f"{table.value}.csv"])))
        assert lines[0] == [column.name for column in COLUMNS[table]]
    assert len(list(csv.reader(io.StringIO(files["hocba_tieuhoc.csv"])))) == 4


def test_excel_keeps_leading_zeros() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(export("xlsx").content))
    assert book.sheet_names == [*(table.value for table in Table), "khong-gui-duoc"]
    head, first, *_ = book.get_sheet_by_name(Table.RECORD.value).to_python()
    assert first[head.index("matruong")] == SCHOOL_CODE


def test_it_is_written_down_with_its_reason() -> None:
    export("xlsx")
    entry = AuditEntry.objects.using("city").get(action="export_national_rows")
    assert entry.detail == {"purpose": "Nộp cho Bộ", "records": 3, "form": "xlsx"}
    assert entry.name == OFFICER.name


@pytest.mark.parametrize(
    ("form", "by", "purpose", "code"),
    [
        ("xlsx", ADMINISTRATOR, "Xem", "role"),
        ("xlsx", OFFICER, "  ", "purpose"),
        ("exe", OFFICER, "Xem", "form"),
    ],
)
def test_refusals(form: str, by: Actor, purpose: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        export(form, by=by, purpose=purpose)
    assert refused.value.code == code
    assert not AuditEntry.objects.using("city").filter(action="export_national_rows").exists()
