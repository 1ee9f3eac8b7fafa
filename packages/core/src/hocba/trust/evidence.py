"""Everything beside the record that makes it verifiable years later, offline, in one container.

The container is a zip file `<name>.evidence.zip` beside `<name>.xml`, or attached to the PDF. The
same record gives the same bytes: entries are stored uncompressed in a fixed order without times.
Format: docs/formats/evidence.md. Bounded before anything is read (zip bombs).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from hocba.errors import Malformed

MAX_BYTES: Final = 10_000_000
MAX_FILES: Final = 100
RECORD_NAME: Final = "hoc-ba.xml"
_ENTRY = "log/entry"
_PROOF = "log/proof.tlog-proof"
_ARCHIVE = "archive/evidence-record.ers"
_NAME = re.compile(r"(certificates|ocsp|crl)/(\d{2})\.(cer|ors|crl)")
_KINDS: Final = {"certificates": "cer", "ocsp": "ors", "crl": "crl"}
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others could ask for gigabytes before the first byte comes out (LZMA dictionaries)."""
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Certificates between signers and roots, revocation answers, the log's proof, time-stamps."""

    certificates: tuple[bytes, ...] = ()
    """Intermediate authorities, time-stamp services and the like, DER."""
    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    log_proof: bytes | None = None
    log_entry: bytes | None = None
    archive: bytes | None = None
    """Archive time-stamps over the record and the pieces above (RFC 4998, `hocba.archive`)."""


def write_container(record_xml: bytes | None, evidence: Evidence) -> bytes:
    """Write the container, with the record inside when it is given.

    Raises `ValueError` for more than could be read again: 100 files or 10 MB.
    """
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as container:
        files: list[tuple[str, bytes | None]] = [(RECORD_NAME, record_xml)]
        for folder, values in (
            ("certificates", evidence.certificates),
            ("ocsp", evidence.ocsp),
            ("crl", evidence.crls),
        ):
            files.extend(
                (f"{folder}/{number:02d}.{_KINDS[folder]}", value)
                for number, value in enumerate(values)
            )
        files += [(_ENTRY, evidence.log_entry), (_PROOF, evidence.log_proof)]
        files.append((_ARCHIVE, evidence.archive))
        present = [(name, content) for name, content in files if content is not None]
        if len(present) > MAX_FILES:
            raise ValueError("more evidence than a container holds")
        for name, content in present:
            container.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    if output.tell() > MAX_BYTES:
        raise ValueError("more evidence than a container holds")
    return output.getvalue()


def read_container(data: bytes) -> tuple[bytes | None, Evidence]:
    """Read a container; the record is None when it holds none.

    Raises `Malformed` with code `evidence`: no zip file, more than 100 files or 10 MB, an entry
    that is named otherwise, stored twice, compressed beyond what it says, or encrypted.
    """
    if len(data) > MAX_BYTES:
        raise _malformed("lớn hơn 10 MB", "is larger than 10 MB")
    if data.count(_DIRECTORY_ENTRY) > 2 * MAX_FILES:  # before anything is built from them
        raise _malformed("có quá nhiều nội dung", "holds too much")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            files = _read(container)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        ValueError,
        IndexError,
        EOFError,
        OSError,
    ):
        raise _malformed("không phải tệp zip đọc được", "is not a readable zip file") from None
    groups: dict[str, list[bytes]] = {folder: [] for folder in _KINDS}
    for name in sorted(files):
        found = _NAME.fullmatch(name)
        if found and _KINDS[found[1]] == found[3]:
            groups[found[1]].append(files[name])
        elif name not in {RECORD_NAME, _ENTRY, _PROOF, _ARCHIVE}:
            raise _malformed(f"có mục lạ “{name[:60]}”", f"holds “{name[:60]}”")
    evidence = Evidence(
        certificates=tuple(groups["certificates"]),
        ocsp=tuple(groups["ocsp"]),
        crls=tuple(groups["crl"]),
        log_proof=files.get(_PROOF),
        log_entry=files.get(_ENTRY),
        archive=files.get(_ARCHIVE),
    )
    return files.get(RECORD_NAME), evidence


def _read(container: zipfile.ZipFile) -> dict[str, bytes]:
    entries = container.infolist()
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise _malformed("có quá nhiều nội dung", "holds too much")
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for entry in entries:
        wrong = entry.is_dir() or entry.flag_bits & 1 or entry.compress_type not in _METHODS
        if entry.filename in files or wrong:
            raise _malformed(f"mục “{entry.filename[:60]}” sai", "has a wrong entry")
        with container.open(entry) as source:
            # The announced size may lie: never read more than what is left of the bound.
            content = source.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _malformed("có quá nhiều nội dung", "holds too much")
        files[entry.filename] = content
    return files


def _malformed(vi: str, en: str) -> Malformed:
    return Malformed("evidence", f"Tệp bằng chứng {vi}.", f"The evidence file {en}.")
