"""The demo's certificate world and the keys of its people, as files under the demo folder."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import Authority, CertWorld


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Folders of the demo: `world` the authorities, `keys` of people, `trust` the roots."""

    folder: Path
    world: CertWorld

    @classmethod
    def open(cls, folder: Path, now: datetime, *, base_url: str) -> KeyFolder:
        """Open the world, or make it at first start."""
        world_folder = folder / "world"
        if (world_folder / "password").exists():
            world = CertWorld.open(world_folder)
        else:
            world = CertWorld.create(world_folder, now, base_url=base_url)
        for place in (folder / "keys", folder / "trust"):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "trust" / "root.pem").write_bytes(world.roots_pem())
        for name, pem in world.issuers_pem():
            (folder / "trust" / f"{name}.pem").write_bytes(pem)
        password = folder / "keys" / "password"
        if not password.exists():
            _write(password, secrets.token_urlsafe(24).encode())
        return cls(folder, world)

    def person(self, full_name: str, personal_id: str) -> None:
        """Make a person's key, unless there is one."""
        file = self.folder / "keys" / f"person-{personal_id}.p12"
        if not file.exists():
            self._keep(file, self.world.issue_person(full_name, personal_id))

    def organisation(self, name: str, unit_code: str, *, public: bool) -> None:
        """Make a school's seal, of the authority that its kind of school uses."""
        file = self.folder / "keys" / f"unit-{unit_code}.p12"
        if not file.exists():
            ca: Authority = "government" if public else "public"
            self._keep(file, self.world.issue_organisation(name, unit_code, ca=ca))

    def _keep(self, file: Path, key: SoftKey) -> None:
        password = (self.folder / "keys" / "password").read_bytes()
        _write(file, key.to_pkcs12(password))


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
