"""Comparing a base backup with the manifest that PostgreSQL wrote while it took it.

`pg_verifybackup` does the same; the one of the embedded PostgreSQL 18 crashes on every manifest.
The format is documented (PostgreSQL manual, “Backup Manifest Format”); digests are SHA-256, because
that is what the backup is asked for.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from pathlib import Path
from typing import Any, Final

from hocba.errors import NotTrusted

_LAST_LINE: Final = b'"Manifest-Checksum"'
_CHUNK: Final = 1 << 20
_NOT_LISTED: Final = ("pg_wal/", "backup_manifest")
"""The log has checks of its own, which replaying it makes."""


def verify_base(place: Path) -> dict[str, Any]:
    """Read every file of the backup through; answers the manifest. Raises `NotTrusted`."""
    manifest = _read(place / "backup_manifest")
    listed = {_path(each): each for each in manifest["Files"]}
    try:
        for file in sorted(place.glob("*.tar.gz")):
            with tarfile.open(file, "r|gz") as archive:
                for member in archive:
                    name = member.name.removeprefix("./")
                    if not member.isfile() or name.startswith(_NOT_LISTED):
                        continue
                    _compare(place, archive, member, listed.pop(name, None))
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise _wrong(place, str(error)) from error
    missing = [name for name in listed if not name.startswith(_NOT_LISTED)]
    if missing:
        raise _wrong(place, f"thiếu (missing) {missing[0]}")
    return manifest


def _compare(
    place: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, entry: dict[str, Any] | None
) -> None:
    if entry is None:
        raise _wrong(place, f"thừa (not listed) {member.name}")
    digest = hashlib.sha256()
    source = archive.extractfile(member)
    while source is not None and (data := source.read(_CHUNK)):
        digest.update(data)
    told = (entry["Size"], entry.get("Checksum-Algorithm"), entry.get("Checksum"))
    if told != (member.size, "SHA256", digest.hexdigest()):
        raise _wrong(place, member.name)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = file.read_bytes()
        manifest: dict[str, Any] = json.loads(data)
        own = hashlib.sha256(data[: data.rindex(_LAST_LINE)]).hexdigest()
    except (OSError, ValueError):
        raise _wrong(file.parent, "backup_manifest") from None
    if manifest.get("Manifest-Checksum") != own:
        raise _wrong(file.parent, "backup_manifest")
    return manifest


def _path(entry: dict[str, Any]) -> str:
    """Names that are no UTF-8 are given in hexadecimal."""
    if "Encoded-Path" in entry:
        return bytes.fromhex(entry["Encoded-Path"]).decode("utf-8", "surrogateescape")
    return str(entry["Path"])


def _wrong(place: Path, detail: str) -> NotTrusted:
    return NotTrusted(
        "backup_wrong",
        f"Bản sao lưu {place} không đúng với danh mục của nó: {detail}",
        f"The backup {place} differs from its manifest: {detail}",
    )
