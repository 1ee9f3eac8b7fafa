"""Rows of the national dictionary as the store takes them: all rows of a record or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hocba.errors import Malformed, Sentence
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import Fields
from hocba.packet.package import MAX_RECORDS
from hocba.record.national.columns import Problem, Table, check_row
from hocba_server.city.store.models import NationalRow, ReceivedMessage
from hocba_server.city.store.selectors import records_of_department
from hocba_server.city.store.taken import Taken, result_of

_MAX_ROWS = 60
"""Rows of one record: one, its subjects, its school years."""
_CODES = {
    "missing": ResponseCode.FIELD_MISSING,
    "no_birth_date": ResponseCode.FIELD_MISSING,
    "catalogue": ResponseCode.FIELD_CATALOGUE,
}
Checked = tuple[Table, Mapping[str, Any]]


def take_rows(body: Mapping[str, Any], *, unit_code: str) -> Taken:
    """Check every record of a message. Raises `Malformed` when the message has another form."""
    items = Fields(body, "NOI_DUNG").items("hoc_ba")
    if len(items) > MAX_RECORDS:
        raise Malformed("request_too_large", f"Mỗi gói tối đa {MAX_RECORDS} học bạ.", "Too many.")
    results, accepted = [], []
    uuids = [Fields(item, "hoc_ba").text("ma_tra_cuu_uuid", limit=36) for item in items]
    records = records_of_department(unit_code).filter(record_uuid__in=uuids)
    held = set(records.values_list("record_uuid", flat=True))
    for uuid, item in zip(uuids, items, strict=True):
        rows = _rows(Fields(item, "hoc_ba").items("dong"))
        key = {"ma_tra_cuu_uuid": uuid}
        problem = _problem(uuid, rows, unit_code)
        if problem is not None:
            code = _CODES.get(problem.code, ResponseCode.FIELD_TYPE)
            results.append(result_of(key, code, problem.column, problem.sentence.vi))
        elif uuid not in held:
            code, sentence = ResponseCode.RECALL_NOT_FOUND, "Kho chưa có học bạ của các dòng này."
            results.append(result_of(key, code, "madinhdanhhocba", sentence))
        else:
            results.append(result_of(key))
            accepted += rows
    return Taken(tuple(results), lambda message: _write(accepted, message))


def _rows(items: Sequence[object]) -> list[Checked]:
    found: list[Checked] = []
    for item in items[: _MAX_ROWS + 1]:
        fields = Fields(item, "dong")
        values = item.get("gia_tri") if isinstance(item, Mapping) else None
        try:
            table = Table(fields.text("bang", limit=40))
        except ValueError:
            table = None
        if table is None or not isinstance(values, Mapping):
            raise Malformed("field_type", "Dòng dữ liệu sai dạng.", "A wrong row.", where="dong")
        found.append((table, values))
    return found


def _problem(uuid: str, rows: Sequence[Checked], unit_code: str) -> Problem | None:
    """The first thing that is wrong with the rows of one record."""
    for table, values in rows:
        problems = check_row(table, values)
        if problems:
            return problems[0]
        if values["madinhdanhhocba"] != uuid or not str(values["idbanghi"]).startswith(uuid):
            return _wrong(table, values, "madinhdanhhocba", "khác mã tra cứu của học bạ.")
        if table is Table.RECORD and values["masogd"] != unit_code:
            return _wrong(table, values, "masogd", "khác mã sở gửi.")
    if not rows or len(rows) > _MAX_ROWS:
        return _wrong(Table.RECORD, {"idbanghi": uuid}, "idbanghi", "số dòng không hợp lệ.")
    return None


def _wrong(table: Table, values: Mapping[str, Any], column: str, vi: str) -> Problem:
    sentence = Sentence(f"{column}: {vi}", f"{column}: wrong.")
    return Problem(table, str(values["idbanghi"]), column, "form", sentence)


def _write(rows: Sequence[Checked], message: ReceivedMessage) -> None:
    """Keep what is newer than what is there; a version that is not greater is ignored."""
    newest = {(table, str(values["idbanghi"])): values for table, values in rows}
    stored = {
        (Table(row.table), row.row_id): row
        for row in NationalRow.objects.select_for_update().filter(
            record_uuid__in={str(values["madinhdanhhocba"]) for _, values in rows}
        )
    }
    new: list[NationalRow] = []
    changed: list[NationalRow] = []
    for (table, row_id), values in newest.items():
        row = stored.get((table, row_id)) or NationalRow(table=table.value, row_id=row_id)
        if row.pk and row.version >= values["phienban"]:
            continue
        (changed if row.pk else new).append(row)
        row.version, row.event = values["phienban"], values["sukien"]
        row.record_uuid, row.unit_code = values["madinhdanhhocba"], message.unit_code
        row.state = values.get("trangthaithongtinhocba", "")
        row.values, row.message = dict(values), message
    NationalRow.objects.bulk_create(new)
    NationalRow.objects.bulk_update(
        changed, ["version", "event", "state", "values", "message"], batch_size=500
    )
