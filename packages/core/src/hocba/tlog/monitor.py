"""Following a log from outside: read every new entry, rebuild the tree, compare it with the head.

A monitor believes nothing but hashes that it computed itself. What it keeps between two looks is
the last head it accepted and the hashes of the full tiles below it; both fit in a small file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hocba.errors import HocBaError, Malformed, NotTrusted, Sentence
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint
from hocba.tlog.cosignature import Cosignature, read_cosignatures
from hocba.tlog.entry import LogEntry
from hocba.tlog.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    Frontier,
    consistency_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
)
from hocba.tlog.note import parse_note
from hocba.tlog.tiles import (
    CHECKPOINT_PATH,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileReader,
    decode_entries,
    tiles_of,
)
from hocba.tlog.trust_policy import LogPolicy

Fetch = Callable[[str], bytes]
"""Content at a path below the log's prefix. Raises `Unavailable`."""


class Alarm(StrEnum):
    """What a monitor shouts about."""

    SIGNATURE = "signature"
    FORK = "fork"
    SHRINK = "shrink"
    WRONG_HASH = "wrong_hash"
    ENTRY = "entry"
    WITNESSES = "witnesses"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Finding:
    """One alarm with its sentence."""

    alarm: Alarm
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class MonitorState:
    """What is kept between two looks: the last accepted head, and the full tiles below it."""

    checkpoint: bytes
    tiles: tuple[bytes, ...]
    """Hashes of the full subtrees of the first `size // 256 * 256` entries."""


@dataclass(frozen=True, slots=True)
class Look:
    """The result of one look. `state` is the new state, or the old one when an alarm forbids it."""

    state: MonitorState | None
    findings: tuple[Finding, ...]
    head: Checkpoint | None = None
    checkpoint: bytes = b""
    """The signed head as it was served: evidence, when it contradicts the state."""
    new_entries: Mapping[str, int] = field(default_factory=dict)
    """How many entries of each kind are new."""
    cosigned: tuple[Cosignature, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """Which log, whom to trust about it, and how long it may say nothing."""

    policy: LogPolicy
    silence: timedelta


def look(state: MonitorState | None, fetch: Fetch, watched: Watched, now: datetime) -> Look:
    """Look at the log once. Raises `Unavailable` when it cannot be reached.

    Every other fault of the log becomes a finding; with a finding of another kind than
    `WITNESSES` and `SILENT` the state stays, so that the same contradiction is found again.
    """
    served = fetch(CHECKPOINT_PATH)
    keys = [log.key for log in watched.policy.logs]
    try:
        note = parse_note(served)
        head = open_checkpoint(note, keys)
        cosigned = read_cosignatures(note, watched.policy.witness_keys)
        old = open_checkpoint(state.checkpoint, keys, origin=head.origin) if state else None
    except HocBaError as fault:
        return Look(state, (Finding(Alarm.SIGNATURE, fault.sentence),), checkpoint=served)
    findings: list[Finding] = []
    kept, counts = state, Counter[str]()
    try:
        if old is not None and head.size < old.size:
            raise _Found(_shrunk(head, old, fetch))
        kept, counts = _follow(state, old, head, served, fetch)
    except _Found as found:
        findings.append(found.finding)
    except (Malformed, NotTrusted) as fault:
        findings.append(Finding(Alarm.WRONG_HASH, fault.sentence))
    findings += _weak(head, cosigned, watched, now)
    return Look(kept, tuple(findings), head, served, counts, cosigned)


class _Found(Exception):
    """Carries a finding out of the reading; never leaves this file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence.en)
        self.finding = finding


def _follow(
    state: MonitorState | None,
    old: Checkpoint | None,
    head: Checkpoint,
    served: bytes,
    fetch: Fetch,
) -> tuple[MonitorState, Counter[str]]:
    """Read from the last full tile on, so that the old head is computed anew as well."""
    old_size, old_root = (old.size, old.root) if old else (0, EMPTY_ROOT)
    start = old_size // TILE_WIDTH * TILE_WIDTH
    frontier = Frontier(start, state.tiles if state else ())
    full, counts = frontier.nodes, Counter[str]()
    reached = frontier.root() if old_size == start else None
    tiles = _TileCheck(fetch)
    for index in range(start // TILE_WIDTH, -(-head.size // TILE_WIDTH)):
        bundle = Tile(None, index, min(TILE_WIDTH, head.size - index * TILE_WIDTH))
        entries = decode_entries(fetch(bundle.path), bundle.width)
        leaves = [leaf_hash(data) for data in entries]
        for data, leaf in zip(entries, leaves, strict=True):
            if frontier.size >= old_size:
                counts[_read_entry(data, frontier.size).kind.value] += 1
            frontier.append(leaf)
            if frontier.size == old_size:
                reached = frontier.root()
        if frontier.size % TILE_WIDTH == 0:
            full = frontier.nodes
        tiles.compare(Tile(0, index, bundle.width), leaves)
    if frontier.root() != head.root:
        raise _Found(_why_wrong(old_size, old_root, head, fetch))
    if reached != old_root:
        raise _Found(_fork(old_size, head))
    tiles.finish(head.size, old_size)
    return MonitorState(served, full), counts


def _read_entry(data: bytes, index: int) -> LogEntry:
    try:
        return LogEntry.parse(data)
    except HocBaError as fault:
        raise _Found(
            Finding(
                Alarm.ENTRY,
                Sentence(
                    f"Mục số {index} không phải mục của sổ công khai: {fault.sentence.vi}",
                    f"Entry {index} is not an entry of the public log: {fault.sentence.en}",
                ),
            )
        ) from fault


class _TileCheck:
    """Compares the published hash tiles with the hashes that follow from the entries."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._roots: dict[tuple[int, int], bytes] = {}
        self._wrong: Tile | None = None

    def compare(self, tile: Tile, expected: Sequence[bytes | None]) -> None:
        """Fetch a tile; None stands for a hash that an earlier look has seen."""
        content = self._fetch(tile.path)
        hashes = [content[at : at + HASH_SIZE] for at in range(0, len(content), HASH_SIZE)]
        fits = len(content) == tile.width * HASH_SIZE and all(
            wanted in {None, value} for wanted, value in zip(expected, hashes, strict=True)
        )
        if not fits:
            self._wrong = self._wrong or tile
        elif tile.width == TILE_WIDTH:
            self._roots[tile.level or 0, tile.index] = _subtree(hashes)

    def finish(self, size: int, old_size: int) -> None:
        """Compare the levels above, each with the one below it; then say what was wrong."""
        for tile in tiles_of(size, old_size):
            if tile.level:
                places = range(tile.index * TILE_WIDTH, tile.index * TILE_WIDTH + tile.width)
                level = tile.level - 1
                self.compare(tile, [self._roots.get((level, place)) for place in places])
        if self._wrong is not None:
            raise _Found(_wrong_tile(self._wrong))


def _subtree(row: list[bytes]) -> bytes:
    for _ in range(TILE_HEIGHT):
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _why_wrong(old_size: int, old_root: bytes, head: Checkpoint, fetch: Fetch) -> Finding:
    """The entries do not lead to the signed head. Do the tiles, and from the old head?"""
    read = TileReader(head.size, fetch).node
    try:
        tiles_fit = tree_root(head.size, read) == head.root
        verify_consistency(
            old_size, head.size, old_root, head.root, consistency_proof(old_size, head.size, read)
        )
    except NotTrusted:
        if tiles_fit:
            return _fork(old_size, head)
    except (Malformed, ValueError):
        pass
    return Finding(
        Alarm.WRONG_HASH,
        Sentence(
            f"Các mục đã công bố không cho ra mã gốc mà sổ đã ký ở cỡ {head.size}.",
            f"The published entries do not lead to the root that was signed at size {head.size}.",
        ),
    )


def _shrunk(head: Checkpoint, old: Checkpoint, fetch: Fetch) -> Finding:
    read = TileReader(old.size, fetch).node
    try:
        proof = consistency_proof(head.size, old.size, read)
        verify_consistency(head.size, old.size, head.root, old.root, proof)
    except NotTrusted:
        return _fork(old.size, head)
    except HocBaError:
        pass  # the larger tree is not served any more: it shrank, whatever it was
    return Finding(
        Alarm.SHRINK,
        Sentence(
            f"Sổ công khai bị ngắn lại: trước có {old.size} mục, nay chỉ còn {head.size}.",
            f"The log has shrunk: it had {old.size} entries and now shows {head.size}.",
        ),
    )


def _fork(old_size: int, head: Checkpoint) -> Finding:
    return Finding(
        Alarm.FORK,
        Sentence(
            f"Sổ công khai rẽ nhánh: điểm chốt mới (cỡ {head.size}) không nối tiếp điểm chốt đã "
            f"thấy (cỡ {old_size}). Lịch sử đã bị sửa.",
            f"The log forked: the new head (size {head.size}) does not continue the head that was "
            f"seen before (size {old_size}). History was changed.",
        ),
    )


def _wrong_tile(tile: Tile) -> Finding:
    return Finding(
        Alarm.WRONG_HASH,
        Sentence(
            f"Mảnh cây {tile.path} không khớp với các mục đã công bố.",
            f"The tile {tile.path} does not fit the published entries.",
        ),
    )


def _weak(
    head: Checkpoint,
    cosigned: Sequence[Cosignature],
    watched: Watched,
    now: datetime,
) -> list[Finding]:
    """Nothing is forged, and yet something is missing: witnesses, or a fresh head."""
    findings = []
    if not watched.policy.accepts(each.name for each in cosigned):
        findings.append(
            Finding(
                Alarm.WITNESSES,
                Sentence(
                    "Điểm chốt chưa đủ nhân chứng cùng ký theo yêu cầu.",
                    "Not enough witnesses cosigned the head.",
                ),
            )
        )
    moments = [each.at for each in cosigned] + ([head.at] if head.at else [])
    newest = max(moments) if moments else None
    if newest is None or now - newest > watched.silence:
        when = f" từ {newest:%H:%M %d/%m/%Y} (UTC)" if newest else ""
        on = f" since {newest:%H:%M %d/%m/%Y} UTC" if newest else ""
        findings.append(
            Finding(
                Alarm.SILENT,
                Sentence(
                    f"Sổ công khai im lặng{when}: không có điểm chốt mới.",
                    f"The log has been silent{on}: there is no new head.",
                ),
            )
        )
    return findings
