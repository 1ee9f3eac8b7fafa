from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hocba.errors import HocBaError, NotTrusted
from hocba_server.adapters.object_storage import FileStore
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.exporting.manifest import (
    FORMAT,
    INDEX,
    Group,
    describe,
    evidence_path,
    read_lines,
    sha256,
    write_lines,
)
from hocba_server.city.repository.models import EvidenceBlob, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.city.transparency.selectors import checkpoint
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_BATCH = 200
Show = Callable[[int], None]


@dataclass(slots=True)
class Export:
    """What an export did."""

    records: int = 0
    written: int = 0
    """Files written now; the others were there already."""
    lists: list[dict[str, object]] = field(default_factory=list)


def export_originals(
    *, by: Actor, at: dt.datetime, store: FileStore, target: str, show: Show
) -> Export:
    """Bring every original with its evidence and a manifest to a folder or an object storage.

    The story: originals and evidence first, then the list of each school and year, the index last;
    a reader who starts at the index finds every file that it names. A stopped export leaves files
    that the next one finds and counts. An original that is there with other bytes is never
    overwritten: `NotTrusted`, code `export_differs`. Raises `Unavailable` for a storage that is
    away.
    """
    done = Export()
    evidence: set[str] = set()
    for group in _groups():
        lines = _export_group(group, store, evidence, done, show)
        content = write_lines(lines)
        if store.get(group.list_path) != content:
            store.put(group.list_path, content)
            done.written += 1
        done.lists.append(
            {"path": group.list_path, "sha256": sha256(content), "records": len(lines)}
        )
    index = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "records": done.records,
        "lists": done.lists,
        "checkpoint": checkpoint().decode("utf-8"),
    }
    store.put(INDEX, json.dumps(index, ensure_ascii=False, indent=1).encode() + b"\n")
    with city_transaction():
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="export_originals",
            subject=f"export:{target[:100]}",
            detail={"records": done.records, "written": done.written},
        )
    return done


def check_export(store: FileStore, show: Show) -> list[str]:
    """Read everything that the index names and compare it with its hash; answers what is wrong.

    Raises `Unavailable`, and `Malformed` for lists that cannot be read.
    """
    content = store.get(INDEX)
    if content is None:
        return [INDEX]
    wrong: list[str] = []
    seen: set[str] = set()
    for each in json.loads(content)["lists"]:
        listed = store.get(each["path"])
        if listed is None or sha256(listed) != each["sha256"]:
            wrong.append(each["path"])
            continue
        for line in read_lines(listed):
            files = [(line["path"], line["sha256"])]
            files += [(one["path"], one["path"].rpartition("/")[2]) for one in line["evidence"]]
            for path, digest in files:
                if path not in seen:
                    seen.add(path)
                    found = store.get(path)
                    if found is None or sha256(found) != digest:
                        wrong.append(path)
            show(len(seen))
    return wrong


def _groups() -> Iterator[Group]:
    pairs = StoredRecord.objects.order_by("school_year", "unit_code")
    for year, unit in pairs.values_list("school_year", "unit_code").distinct():
        yield Group(year, unit)


def _export_group(
    group: Group, store: FileStore, evidence: set[str], done: Export, show: Show
) -> list[dict[str, object]]:
    listed = _known(group, store)
    lines: list[dict[str, object]] = []
    rows = StoredRecord.objects.filter(school_year=group.school_year, unit_code=group.unit_code)
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(numbers), _BATCH):
        batch = with_originals(
            StoredRecord.objects.filter(pk__in=numbers[at : at + _BATCH])
            .prefetch_related("changes__successor")
            .order_by("pk")
        )
        entries = _entries(batch)
        for row in batch:
            done.written += _put_original(row, group, store, listed)
            lines.append(describe(row, group, entries[row.record_uuid]))
        done.written += _put_evidence(batch, store, evidence)
        done.records += len(batch)
        show(done.records)
    return lines


def _known(group: Group, store: FileStore) -> dict[str, str]:
    """Paths and hashes that an earlier, finished list names: they need no look at the storage."""
    content = store.get(group.list_path)
    if content is None:
        return {}
    try:
        return {line["path"]: line["sha256"] for line in read_lines(content)}
    except HocBaError:
        return {}  # damaged: every file is looked at again, and the list is written anew


def _entries(rows: Sequence[StoredRecord]) -> dict[str, list[tuple[int, bytes]]]:
    found: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
    logged = LogEntryRow.objects.filter(record_uuid__in=[row.record_uuid for row in rows])
    for uuid, index, entry in logged.order_by("index").values_list("record_uuid", "index", "entry"):
        found[uuid].append((index, bytes(entry)))
    return found


def _put_original(row: StoredRecord, group: Group, store: FileStore, listed: dict[str, str]) -> int:
    path = group.original_path(row.record_uuid)
    if listed.get(path) == row.sha256:
        return 0
    document = original_of(row)  # checked against its hash before it leaves
    size = store.size(path)
    if size is None:
        store.put(path, document)
        return 1
    if size != len(document) or store.get(path) != document:
        raise NotTrusted(
            "export_differs",
            "Nơi xuất đang giữ một bản khác của học bạ này. Không ghi đè; hãy báo quản trị của Sở.",
            "The target holds another version of this record. Nothing was overwritten.",
            where=path,
        )
    return 0


def _put_evidence(rows: Sequence[StoredRecord], store: FileStore, known: set[str]) -> int:
    wanted = {digest for row in rows for digest in row.evidence} - known
    written = 0
    for blob in EvidenceBlob.objects.filter(pk__in=wanted).order_by("pk"):
        path = evidence_path(blob.sha256)
        if store.size(path) != len(bytes(blob.data)):
            store.put(path, bytes(blob.data))
            written += 1
    known |= wanted
    return written
