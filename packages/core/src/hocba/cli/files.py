"""Reading what the command line is pointed at, never more than the bounds allow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from hocba.errors import HocBaError
from hocba.tlog.trust_policy import LogPolicy
from hocba.trust.evidence import Evidence, read_container
from hocba.trust.store import TrustStore
from hocba.verify.print_keys import MAX_SIZE as MAX_LIST
from hocba.verify.print_keys import PrintKeys, is_print_keys
from hocba.verify.print_keys import read_print_keys as parse_print_keys
from hocba.verify.status_list import MAX_SIZE as MAX_ENDED
from hocba.verify.status_list import EndedRecords, is_ended_records, read_ended_records

MAX_BYTES = 10_000_000
EVIDENCE_SUFFIX = ".evidence.zip"
MAX_PICTURE = 60_000_000
_MAX_PEM = 1_000_000


def read_bounded(file: Path, limit: int = MAX_BYTES) -> bytes:
    """Read at most `limit` + 1 bytes, so that the caller sees when there is more (OSError)."""
    with file.open("rb") as source:
        return source.read(limit + 1)


def read_trust(places: Sequence[Path]) -> TrustStore:
    """Read every *.pem of the folders, and the files but signed lists.

    Raises `Malformed` or OSError.
    """
    files: list[Path] = []
    for place in places:
        files.extend(sorted(place.glob("*.pem")) if place.is_dir() else [place])
    contents = (read_bounded(file, _MAX_PEM) for file in files)
    return TrustStore.from_pem(
        each for each in contents if not is_print_keys(each) and not is_ended_records(each)
    )


def read_print_keys(places: Sequence[Path], store: TrustStore) -> PrintKeys | None:
    """Read the newest signed list of print keys among the files and the *.keys of the folders.

    Raises `Malformed`, `NotTrusted` (not signed with a log key of the store) or OSError.
    """
    lists = (
        parse_print_keys(data, store.log_keys)
        for data in _lists(places, "*.keys", MAX_LIST)
        if is_print_keys(data)
    )
    return max(lists, key=lambda each: each.made_at, default=None)


def read_ended_list(places: Sequence[Path], store: TrustStore) -> EndedRecords | None:
    """Read the newest signed list of ended records: a file, or *.ended of the folders.

    Raises `Malformed`, `NotTrusted` (not signed with a log key of the store) or OSError.
    """
    lists = (
        read_ended_records(data, store.log_keys)
        for data in _lists(places, "*.ended", MAX_ENDED)
        if is_ended_records(data)
    )
    return max(lists, key=lambda each: each.made_at, default=None)


def _lists(places: Sequence[Path], pattern: str, limit: int) -> Iterator[bytes]:
    """The contents of the files, and of what fits the pattern in the folders."""
    for place in places:
        for file in sorted(place.glob(pattern)) if place.is_dir() else [place]:
            yield read_bounded(file, limit)


def read_log_policy(file: Path | None) -> LogPolicy:
    """Read a C2SP tlog-policy file; without one no witness is known or demanded."""
    return LogPolicy() if file is None else LogPolicy.parse(read_bounded(file, _MAX_PEM))


def evidence_beside(file: Path) -> Evidence | None:
    """Read `<name>.evidence.zip` beside `<name>.xml` or `<name>.pdf`, when there is one.

    Raises `Malformed` when it cannot be read.
    """
    beside = file.with_name(file.stem + EVIDENCE_SUFFIX)
    if beside == file or not beside.is_file():
        return None
    return read_container(read_bounded(beside))[1]


def evidence_of_log(folder: Path, record_uuid: str) -> tuple[bytes, bytes] | None:
    """Entry and proof of a record in a log folder: `<uuid>.entry`, `<uuid>.tlog-proof`."""
    entry, proof = folder / f"{record_uuid}.entry", folder / f"{record_uuid}.tlog-proof"
    if not (entry.is_file() and proof.is_file()):
        return None
    return read_bounded(entry, 10_000), read_bounded(proof, 100_000)


def fonts_folder(given: Path | None) -> Path | None:
    """The folder given, else that of the environment variable `HOCBA_FONTS`, when it exists."""
    place = given or Path(os.environ.get("HOCBA_FONTS") or "/nonexistent")
    return place if place.is_dir() else None


def sentence(fault: HocBaError) -> str:
    """A fault for the terminal, in both languages."""
    return f"{fault} ({fault.sentence.en})"
