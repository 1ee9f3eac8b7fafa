"""The public log from its entries: leaves, tiles, every head ever signed, the published head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from hocba.errors import HocBaError
from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.cosignature import read_cosignatures
from hocba.tlog.entry import EntryKind, LogEntry
from hocba.tlog.merkle import EMPTY_ROOT, Frontier, leaf_hash
from hocba.tlog.note import parse_note
from hocba.tlog.tiles import TILE_WIDTH
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.inspection.snapshot import snapshot
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.repository.models import RecordInForce, StoredRecord
from hocba_server.city.transparency.models import (
    AdoptedEntry,
    HashTileRow,
    LogEntryRow,
    SignedCheckpoint,
)
from hocba_server.city.transparency.publication import published_head
from hocba_server.city.transparency.tree import tree_size
from hocba_server.city.transparency.witnesses import log_policy

_BATCH = 1000
_ABOUT_RECORDS = frozenset({EntryKind.ISSUE, EntryKind.REPLACE, EntryKind.RECALL})
Show = Callable[[int], None]


def check_log(show: Show) -> tuple[int, list[Fault]]:
    """Rebuild the tree from all entries and compare everything that follows from it; answers the
    number of entries and the faults."""
    faults: list[Fault] = []
    published = _published(faults)  # before the snapshot, which so is never behind the files
    with snapshot():
        return tree_size(), faults + _check(published, tree_size(), show)


def _check(published: tuple[int, bytes] | None, size: int, show: Show) -> list[Fault]:
    faults: list[Fault] = []
    heads, tree = _heads(), _Tree()
    if published is not None:
        heads[published[0]].append((0, published[1]))
    _compare(heads, 0, EMPTY_ROOT, faults)
    for batch in _entries(size):
        faults += _orphans(batch)
        for row in batch:
            if row.index != tree.size:
                faults.append(Fault(FaultKind.ENTRY_MISSING, f"entry:{tree.size}"))
                return faults  # every hash after a gap differs: one fault says it all
            data = bytes(row.entry)
            leaf = leaf_hash(data)
            if bytes(row.leaf_hash) != leaf:
                faults.append(Fault(FaultKind.LEAF_WRONG, f"entry:{row.index}"))
            tree.append(leaf)
            if tree.size in heads:
                _compare(heads, tree.size, tree.root(), faults)
        show(tree.size)
    if tree.size < size:
        faults.append(Fault(FaultKind.ENTRY_MISSING, f"entry:{tree.size}"))
    faults += tree.wrong_tiles()
    faults += _heads_beyond(heads, tree.size)
    return faults


def check_force() -> list[Fault]:
    """One record in force for a pupil and a year, counted from the rows themselves."""
    rows = RecordInForce.objects.order_by("personal_id", "school_year")
    doubled: list[Fault] = []
    last: tuple[str, str] | None = None
    values = rows.values_list("personal_id", "school_year", "record__record_uuid")
    for personal, year, uuid in values.iterator(_BATCH):
        if (personal, year) == last:
            doubled.append(Fault(FaultKind.TWO_IN_FORCE, f"record:{uuid}"))
        last = (personal, year)
    return doubled


def _entries(size: int) -> Iterator[list[LogEntryRow]]:
    at = 0
    while at < size:
        rows = LogEntryRow.objects.filter(index__gte=at, index__lt=size).order_by("index")
        batch = list(rows[:_BATCH])
        if not batch:
            return
        yield batch
        at = batch[-1].index + 1


def _orphans(batch: Sequence[LogEntryRow]) -> list[Fault]:
    """Entries that cannot be read, and entries about records that are not there."""
    faults: list[Fault] = []
    about: dict[str, int] = {}
    closings: set[int] = set()
    adopted = set(
        AdoptedEntry.objects.filter(index__in=[row.index for row in batch]).values_list(
            "index", flat=True
        )
    )
    for row in batch:
        try:
            kind = LogEntry.parse(bytes(row.entry)).kind
        except HocBaError:
            faults.append(Fault(FaultKind.ENTRY_UNREADABLE, f"entry:{row.index}"))
            continue
        if row.index in adopted:
            continue  # what it is about was lost with a later database, and is sent again
        if kind in _ABOUT_RECORDS:
            about[row.record_uuid] = row.index
        elif kind is EntryKind.CLOSE:
            closings.add(row.index)
    kept = ClassClosing.objects.filter(log_index__in=closings).values_list("log_index", flat=True)
    faults += [
        Fault(FaultKind.CLOSING_MISSING, f"entry:{index}") for index in sorted(closings - set(kept))
    ]
    stored = StoredRecord.objects.filter(record_uuid__in=list(about))
    missing = set(about) - set(stored.values_list("record_uuid", flat=True))
    return faults + [
        Fault(FaultKind.RECORD_MISSING, f"entry:{about[uuid]}", uuid) for uuid in sorted(missing)
    ]


Heads = dict[int, list[tuple[int, bytes]]]
"""Size -> (number of the head, its root); number 0 is the head in the published folder."""


def _heads() -> Heads:
    """Roots of all heads whose signature holds; the others are reported with them."""
    heads: Heads = defaultdict(list)
    key, keys = log_key().public_key(), log_policy().witness_keys
    rows = SignedCheckpoint.objects.order_by("pk")
    for row in rows.prefetch_related("cosignatures").iterator(_BATCH):
        try:
            head = open_checkpoint(bytes(row.note), [key], origin=log_origin())
            root = head.root if head.size == row.size else b""
        except HocBaError:
            heads[row.size].append((row.pk, b""))
            continue
        heads[row.size].append((row.pk, root))
        lines = "".join(line.line for line in row.cosignatures.all())
        try:
            read_cosignatures(parse_note(bytes(row.note) + lines.encode()), keys)
        except HocBaError:
            heads[-1].append((row.pk, b""))
    return heads


def _compare(heads: Heads, size: int, root: bytes, faults: list[Fault]) -> None:
    for number, signed in heads.get(size, ()):
        if signed != root:
            kind = FaultKind.HEAD_WRONG if number else FaultKind.PUBLISHED_WRONG
            faults.append(Fault(kind, f"head:{number}", str(size)))


def _heads_beyond(heads: Heads, size: int) -> list[Fault]:
    faults = [Fault(FaultKind.COSIGNATURE_WRONG, f"head:{pk}") for pk, _ in heads.get(-1, ())]
    for beyond in sorted(each for each in heads if each > size):
        for number, _ in heads[beyond]:
            kind = FaultKind.HEAD_WRONG if number else FaultKind.PUBLISHED_WRONG
            faults.append(Fault(kind, f"head:{number}", str(beyond)))
    return faults


def _published(faults: list[Fault]) -> tuple[int, bytes] | None:
    try:
        head = published_head()
    except HocBaError as fault:
        faults.append(Fault(FaultKind.PUBLISHED_WRONG, "head:0", fault.sentence.vi[:300]))
        return None
    return None if head is None else (head.size, head.root)


class _Tree:
    """Grows with the leaves and compares each tile row as soon as it is full."""

    def __init__(self) -> None:
        self._frontier = Frontier()
        self._rows: list[list[bytes]] = [[]]
        self._done: list[int] = [0]
        self._wrong: list[Fault] = []

    @property
    def size(self) -> int:
        return self._frontier.size

    def root(self) -> bytes:
        return self._frontier.root()

    def append(self, leaf: bytes) -> None:
        self._frontier.append(leaf)
        level, value = 0, leaf
        while True:
            row = self._rows[level]
            row.append(value)
            if len(row) < TILE_WIDTH:
                return
            value = _top(row)
            self._tile(level)
            level += 1
            if level == len(self._rows):
                self._rows.append([])
                self._done.append(0)

    def wrong_tiles(self) -> list[Fault]:
        """Faults of all tiles, the partial ones and those that should not exist included."""
        for level, row in enumerate(self._rows):
            if row:
                self._tile(level)
        for level, index in HashTileRow.objects.values_list("level", "index"):
            if level >= len(self._done) or index >= self._done[level]:
                self._wrong.append(Fault(FaultKind.TILE_WRONG, f"tile:{level}/{index}"))
        return self._wrong

    def _tile(self, level: int) -> None:
        index, self._done[level] = self._done[level], self._done[level] + 1
        row = HashTileRow.objects.filter(level=level, index=index).first()
        hashes, self._rows[level] = b"".join(self._rows[level]), []
        if row is None or bytes(row.hashes) != hashes:
            self._wrong.append(Fault(FaultKind.TILE_WRONG, f"tile:{level}/{index}"))


def _top(row: Sequence[bytes]) -> bytes:
    frontier = Frontier()
    for value in row:
        frontier.append(value)
    return frontier.root()
