"""Mock certificates of a training school: an own world of files, trusted nowhere but in it.

The root is never laid into `TRUST_DIR`, so that everything signed here visibly fails verification
everywhere else. Private keys on the server are for demo and training only (design.md 3.6).
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings

from hocba.errors import Refused
from hocba.ports import Key, RevocationSource, TimestampSource
from hocba.trust.store import TrustStore
from hocba_certworld.local import LocalRevocation, LocalTimestamp
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.adapters.keystores import FileKeyStore
from hocba_server.school.training.codes import LABEL, NAME_SIGN

NOWHERE: Final = "http://tap-huan.invalid"
"""Address of OCSP and CRL in the certificates: a name that never exists (RFC 2606)."""
_FOLDER: Final = re.compile(r"[0-9A-Za-z-]{1,20}/[0-9]{1,4}")
_NAME_ROOM: Final = 46
"""Characters left for a name in a common name of 64 (RFC 5280) beside the two marks."""


def training_folder(name: str) -> Path:
    """The folder of one making of a training school, `<school code>/<number>`.

    Raises `Refused` for any other name: it must not lead out of the folder of training schools.
    """
    if not _FOLDER.fullmatch(name):
        raise Refused("training_folder", "Tên thư mục tập huấn sai.", "Wrong folder name.")
    return Path(settings.VAR_DIR) / "training" / name


def forget_older_keys(name: str) -> None:
    """Delete the mock keys of closed training schools of the same school."""
    current = training_folder(name)
    for folder in current.parent.iterdir():
        if folder != current and folder.name.isdecimal():
            shutil.rmtree(folder, ignore_errors=True)


class TrainingWorld:
    """The authorities of one training school and the keys of its people."""

    def __init__(self, folder: Path, world: CertWorld) -> None:
        self.folder = folder
        self._world = world

    @classmethod
    def make(cls, name: str, now: datetime) -> TrainingWorld:
        """Open the world, or make it the first time."""
        folder = training_folder(name)
        keys = folder / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (keys / "password").exists():
            _write(keys / "password", secrets.token_urlsafe(24).encode())
        if not (folder / "world" / "password").exists():
            CertWorld.create(folder / "world", now, base_url=NOWHERE, label=LABEL)
        return cls.open(name)

    @classmethod
    def open(cls, name: str) -> TrainingWorld:
        """Open a world made before. Raises `Refused` with code `no_key` where there is none."""
        folder = training_folder(name)
        password = folder / "world" / "password"
        if not password.exists():
            raise Refused(
                "no_key",
                "Máy chủ này không có khoá tập huấn của trường. Làm lại trường tập huấn.",
                "This server has no training keys of the school. Reset the training school.",
            )
        return cls(folder, _open(folder / "world", password.stat().st_mtime_ns))

    def person(self, full_name: str, personal_id: str) -> None:
        """Make a person's mock key, unless there is one."""
        file = self.folder / "keys" / f"person-{personal_id}.p12"
        if not file.exists():
            self._keep(file, self._world.issue_person(_marked(full_name), personal_id))

    def organisation(self, name: str, unit_code: str) -> None:
        """Make the mock seal of the training school, unless there is one."""
        file = self.folder / "keys" / f"unit-{unit_code}.p12"
        if not file.exists():
            bare = name.removesuffix(NAME_SIGN).strip()
            self._keep(file, self._world.issue_organisation(_marked(bare), unit_code))

    def keys(self) -> TrainingKeyStore:
        """The key store of this training school."""
        return TrainingKeyStore(self.folder / "keys")

    def trust(self) -> TrainingTrust:
        """What certificates are judged by inside this training school."""
        return TrainingTrust(self._world)

    def timestamps(self) -> TimestampSource:
        """Time-stamps of this world, made in this process."""
        return LocalTimestamp(self._world)

    def _keep(self, file: Path, key: SoftKey) -> None:
        _write(file, key.to_pkcs12((self.folder / "keys" / "password").read_bytes()))


class TrainingKeyStore:
    """`adapters.keystores.KeyStore` of one training school: nobody else's keys are in reach."""

    def __init__(self, folder: Path) -> None:
        self._files = FileKeyStore(folder)

    def key_for(self, personal_id: str) -> Key:
        """Mock key of a person. Raises `Refused` with code `no_key`."""
        return self._files.key_for(personal_id)

    def organisation_key(self, unit_code: str) -> Key:
        """Mock seal of the training school. Raises `Refused` with code `no_key`."""
        return self._files.organisation_key(unit_code)


class TrainingTrust:
    """`signing.certificate_checks.CertificateTrust` of one training world: its own root only.

    A real certificate has no path here, so nobody can use a real key in a training school.
    """

    def __init__(self, world: CertWorld) -> None:
        self._world = world

    def store(self) -> TrustStore:
        """The mock root."""
        return TrustStore.from_pem([self._world.roots_pem()])

    def issuers(self) -> Sequence[x509.Certificate]:
        """The mock authorities."""
        pems = [pem for _, pem in self._world.issuers_pem()]
        return [each for pem in pems for each in x509.load_pem_x509_certificates(pem)]

    def revocation(self) -> RevocationSource:
        """Asked in this process: the addresses in mock certificates lead nowhere."""
        return LocalRevocation(self._world)


@lru_cache(maxsize=64)
def _open(folder: Path, _made: int) -> CertWorld:
    return CertWorld.open(folder)


def _marked(name: str) -> str:
    return f"{name[:_NAME_ROOM].rstrip()} {NAME_SIGN}"


def _write(file: Path, content: bytes) -> None:
    """Write so that a crash leaves nothing half-done, readable by its owner only."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
    part.replace(file)
