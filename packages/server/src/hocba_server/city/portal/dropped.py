"""What somebody drops on the page: one file, several, or a ZIP of a class; read within bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from hocba.errors import HocBaError, Malformed, Refused
from hocba.trust.evidence import read_container
from hocba.verify.document import MAX_BYTES

MOST_FILES: Final = 120
"""Of one visit: a class with XML and PDF of each pupil. More is work for a job."""
MOST_BYTES: Final = 60_000_000
"""Of all files together when they are unpacked."""
_MOST_ENTRIES: Final = 500
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_ZIP: Final = b"PK\x03\x04"
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_RECORDS: Final = (".xml", ".pdf")


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file to verify."""

    name: str
    data: bytes


def unpack(files: Iterable[Dropped]) -> list[Dropped]:
    """The files themselves; a ZIP that is no evidence container becomes the records in it.

    Raises `Malformed` (`zip`) for a ZIP that cannot be read and `Refused` (`too_many_files`).
    """
    found: list[Dropped] = []
    left = MOST_BYTES
    for each in files:
        for one in _records_of(each, left):
            left -= len(one.data)
            found.append(one)
            if len(found) > MOST_FILES or left < 0:
                raise _too_many()
    return found


def _records_of(file: Dropped, left: int) -> Iterator[Dropped]:
    if not file.data.startswith(_ZIP) or _is_container(file.data):
        yield file
        return
    if file.data.count(_DIRECTORY_ENTRY) > 2 * _MOST_ENTRIES:  # before anything is built from them
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
            entries = [entry for entry in packed.infolist() if _is_record(entry)]
            if not entries:
                raise _nothing_inside()
            if len(entries) > MOST_FILES:
                raise _too_many()
            for entry in entries:
                content = _read(packed, entry, min(left, MAX_BYTES))
                left -= len(content)
                yield Dropped(PurePosixPath(entry.filename).name[:120], content)
    except HocBaError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
        IndexError,
    ):
        raise Malformed(
            "zip",
            "Không mở được tệp ZIP này: tệp hỏng hoặc có mật khẩu. Hãy nén lại rồi thử lại.",
            "The ZIP cannot be opened: it is damaged or has a password. Pack it again.",
        ) from None


def _is_container(data: bytes) -> bool:
    """An evidence container is one file and stays so, with its record or without."""
    try:
        read_container(data)
    except HocBaError:
        return False
    return True


def _is_record(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in _RECORDS


def _read(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    if entry.flag_bits & 1 or entry.compress_type not in _METHODS:
        raise ValueError(entry.compress_type)
    with packed.open(entry) as source:
        content = source.read(left + 1)  # the announced size may lie
    if len(content) > left:
        raise _too_many()
    return content


def _too_many() -> Refused:
    return Refused(
        "too_many_files",
        f"Mỗi lần kiểm tra nhiều nhất {MOST_FILES} tệp, mỗi tệp 10 MB, tất cả "
        f"{MOST_BYTES // 1_000_000} MB sau khi giải nén. Hãy chia nhỏ rồi thử lại.",
        f"At most {MOST_FILES} files of 10 MB, {MOST_BYTES // 1_000_000} MB in all once unpacked. "
        "Divide them and try again.",
    )


def _nothing_inside() -> Malformed:
    return Malformed(
        "zip",
        "Trong tệp ZIP không có tệp XML hay PDF nào để kiểm tra.",
        "The ZIP holds no XML or PDF to verify.",
    )
