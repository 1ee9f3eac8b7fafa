"""Where signing keys come from: files in demo and training, tokens otherwise (invariant 6)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from hocba.errors import Refused
from hocba.ports import Key


class KeyStore(Protocol):
    """Finds the key of a person or of a school."""

    def key_for(self, personal_id: str) -> Key:
        """Key of a person. Raises `Refused` with code `no_key`."""

    def organisation_key(self, unit_code: str) -> Key:
        """Key of a school or department. Raises `Refused` with code `no_key`."""


def key_store() -> KeyStore:
    """The store that `KEY_STORE` names."""
    return cast(KeyStore, import_string(settings.KEY_STORE)())


class FileKeyStore:
    """PKCS#12 files in a folder with their password beside them: demo and training only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key_for(self, personal_id: str) -> Key:
        """Key of a person, `person-<number>.p12`."""
        return self._key(f"person-{personal_id}.p12")

    def organisation_key(self, unit_code: str) -> Key:
        """Key of a school, `unit-<code>.p12`."""
        return self._key(f"unit-{unit_code}.p12")

    def _key(self, name: str) -> Key:
        file = self._folder / name
        if not name.replace("-", "").replace(".", "").isalnum() or not file.is_file():
            raise _no_key()
        return _load(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _load(file: Path, _changed: int) -> Key:
    """Parse a key once per process."""
    from hocba_certworld.softkey import SoftKey

    password = (file.parent / "password").read_bytes()
    return SoftKey.from_pkcs12(file.read_bytes(), password)


def demo_key_store() -> KeyStore:
    """The demo's keys. Raises `Refused` with code `demo_keys` in production."""
    if settings.HOCBA_MODE not in {"demo", "training"}:
        raise Refused(
            "demo_keys",
            "Khoá ký trong tệp chỉ dùng để trình diễn và tập huấn.",
            "Keys in files are for demo and training only.",
        )
    return FileKeyStore(Path(settings.DEMO_DIR) / "keys")


def _no_key() -> Refused:
    return Refused(
        "no_key",
        "Chưa có khoá ký số của người này. Cắm thiết bị ký hoặc liên hệ quản trị viên.",
        "There is no signing key of this person.",
    )
