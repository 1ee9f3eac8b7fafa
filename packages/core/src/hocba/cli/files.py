"""Reading what the command line is pointed at, never more than the bounds allow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from hocba.errors import HocBaError
from hocba.tlog.trust_policy import LogPolicy
from hocba.trust.evidence import Evidence, read_container
from hocba.trust.store import TrustStore

MAX_BYTES = 10_000_000
EVIDENCE_SUFFIX = ".evidence.zip"
_MAX_PEM = 1_000_000


def read_bounded(file: Path, limit: int = MAX_BYTES) -> bytes:
    """Read at most `limit` + 1 bytes, so that the caller sees when there is more (OSError)."""
    with file.open("rb") as source:
        return source.read(limit + 1)


def read_trust(places: Sequence[Path]) -> TrustStore:
    """Read every *.pem of the folders, and the files. Raises `Malformed` or OSError."""
    files: list[Path] = []
    for place in places:
        files.extend(sorted(place.glob("*.pem")) if place.is_dir() else [place])
    return TrustStore.from_pem(read_bounded(file, _MAX_PEM) for file in files)


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
