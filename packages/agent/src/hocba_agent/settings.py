"""What can be set, the limits, and where things lie on Windows, macOS and Linux."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEFAULT_PORT: Final = 14500
MAX_BODY_BYTES: Final = 64 * 1024
"""500 digests are 24 KB."""
MAX_FORM_BYTES: Final = 4 * 1024
MAX_DIGESTS: Final = 500
"""Digests in one call."""
DIGEST_BYTES: Final = 32
"""SHA-256; nothing of another length is signed."""
MAX_SIGNATURES: Final = 5000
"""Signatures of one session: a large school with several signatures for a pupil."""
MAX_PURPOSE: Final = 200
"""Characters."""
CODE_SECONDS: Final = 120
"""A pairing code lives so long."""
MAX_WRONG_CODES: Final = 5
MAX_WRONG_CODES_OF_ALL: Final = 10
"""Of all pages together: somebody who owns many names must not guess from each of them."""
PAUSE_SECONDS: Final = 600
"""After too many wrong codes or requests."""
MAX_ASKS_OF_ORIGIN: Final = 3
MAX_ASKS: Final = 10
"""Pairing requests of all pages within `PAUSE_SECONDS`; each one disturbs a person."""
MAX_PAIRINGS: Final = 50
MAX_OPENINGS: Final = 20
"""Sessions that one pairing may ask for within `PAUSE_SECONDS`."""
PIN_WAIT_SECONDS: Final = 300
"""So long a session waits for the PIN."""
MAX_WRONG_PINS: Final = 3
"""Fewer than tokens allow, so that a session does not lock one."""
DEFAULT_MINUTES: Final = 10
MAX_MINUTES: Final = 60
KEPT_SECONDS: Final = 900
"""So long a finished session still tells what became of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this agent runs. `allowed_origins` empty: any page may ask to be paired."""

    modules: tuple[str, ...]
    folder: Path
    port: int = DEFAULT_PORT
    session_minutes: int = DEFAULT_MINUTES
    allowed_origins: frozenset[str] = frozenset()


def config_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The person's own folder for settings (XDG Base Directory, or the system's custom)."""
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    if platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return (Path(base) if base else home / "AppData" / "Local") / "hocba-agent"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "hocba-agent"
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else home / ".config") / "hocba-agent"


_WINDOWS_DRIVERS: Final = (
    # the public authorities of Viet Nam; each generation of tokens has a number
    *(f"viettel-ca_v{number}.dll" for number in range(6, 0, -1)),
    "viettel-ca.dll",
    *(f"vnptca_p11_v{number}.dll" for number in range(10, 5, -1)),
    "vnpt-ca_csp11.dll",
    "vnpt-ca_v34.dll",
    "vnpt-ca_cl_v1.dll",
    *(f"fptca_v{number}.dll" for number in range(6, 2, -1)),
    *(f"nca_v{number}.dll" for number in range(9, 3, -1)),
    "ncca_csp11_v1.dll",
    "CA2_csp11.dll",
    "CA2_v34.dll",
    *(f"Vina-CAv{number}.dll" for number in range(5, 1, -1)),
    "BkavCAv2S.dll",
    "BkavCA.dll",
    "ica_csp11_v1.dll",
    "gclib.dll",
    # makers of tokens
    "eps2003csp11v2.dll",
    "eps2003csp11.dll",
    "eTPKCS11.dll",
    "wdpkcs.dll",
    "st3csp11.dll",
    "opensc-pkcs11.dll",
)
_UNIX_DRIVERS: Final = (
    "/usr/lib/libeTPkcs11.so",
    "/usr/lib/libcastle.so.1.0.0",
    "/usr/local/lib/libcastle.1.0.0.dylib",
    "/usr/local/lib/libeTPkcs11.dylib",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/Library/OpenSC/lib/opensc-pkcs11.so",
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def usual_drivers(environment: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """PKCS#11 drivers that lie where their installers put them, each file once."""
    if platform == "win32":
        root = Path(environment.get("SYSTEMROOT", r"C:\Windows"))
        programs = Path(environment.get("PROGRAMFILES", r"C:\Program Files"))
        places = [root / "System32" / name for name in _WINDOWS_DRIVERS]
        places.append(
            programs / "OpenSC Project" / "OpenSC" / "pkcs11" / "opensc-pkcs11.dll",
        )
    else:
        places = [Path(name) for name in _UNIX_DRIVERS]
    found: dict[Path, str] = {}
    for place in places:
        if place.is_file():
            found.setdefault(place.resolve(), str(place))
    return list(found.values())
