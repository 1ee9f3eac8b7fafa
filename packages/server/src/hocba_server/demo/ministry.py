"""The Ministry's store of the demo: the same program in another role, on databases of its own.

Run as `python -m hocba_server.demo.ministry` it founds the store, approves the certificate that the
department registers first, and then works on what comes in. `open_store` starts it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from hocba_server.config.database import DATABASE_NAMES, ServerAddress, ensure_server
from hocba_server.config.guarded.base import WEB_ROLE, WORKER_ROLE
from hocba_server.demo.city import DEPARTMENT_CODE, DEPARTMENT_NAME
from hocba_server.demo.processes import Supervisor

MINISTRY_CODE, MINISTRY_NAME = "BO", "Bộ Giáo dục và Đào tạo (DEMO)"
OFFICER_NAME, OFFICER_NUMBER = "Trần Thị Kho", "000180990001"
_STORE_DATABASES = {"default": "hocba_store_web", "city": "hocba_store_city"}
_APPROVAL_SECONDS = 600
"""Furnishing takes a minute, on a busy machine several."""


def open_store(
    supervisor: Supervisor, folder: Path, *, port: int, web_server: tuple[str, ...]
) -> None:
    """Make its databases at first start and start its two programs. The department's databases
    must be migrated and nobody may use them yet: they are the pattern."""
    address = ensure_server()
    _make_databases(address)
    environment = _environment(folder, address, port)
    supervisor.start_in(environment, "store-web", *web_server)
    supervisor.start_in(environment, "store-worker", "-m", "hocba_server.demo.ministry")


def _make_databases(address: ServerAddress) -> None:
    from django.db import connections

    connections.close_all()
    with psycopg.connect(**address.connection("postgres"), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for alias, name in _STORE_DATABASES.items():
            if name not in known:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(DATABASE_NAMES[alias])
                )
                connection.execute(statement)


def _environment(folder: Path, address: ServerAddress, port: int) -> Mapping[str, str]:
    def url(name: str, user: str = "") -> str:
        where = f"?host={quote(address.host, safe='')}"
        user = user or address.user
        at = f"{user}@" if address.port is None else f"{user}@{address.host}"
        place = "" if address.port is None else f":{address.port}"
        return f"postgresql://{at}{place}/{name}{where if address.port is None else ''}"

    own = folder / "store"
    own.mkdir(parents=True, exist_ok=True)
    kept = {key: text for key, text in os.environ.items() if not key.startswith("HOCBA_UPSTREAM")}
    return {
        **kept,
        "HOCBA_CITY_ROLE": "ministry",
        "HOCBA_HOUSES": "city",
        "HOCBA_VAR": str(own),
        "HOCBA_TRUST_DIR": str(folder / "demo" / "trust"),
        "HOCBA_LOG_KEY_FILE": str(own / "log-key.pem"),
        "HOCBA_LOG_DIR": str(own / "public-log"),
        "HOCBA_LOG_ORIGIN": "hoc-ba-so/kho-cua-bo",
        "HOCBA_LOG_POLICY": "",
        "HOCBA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOCBA_RECALL_DECISION": "automatic",
        "DATABASE_URL": url(_STORE_DATABASES["default"]),
        "DATABASE_URL_CITY": url(_STORE_DATABASES["city"], WEB_ROLE),
        "DATABASE_URL_CITY_WORKER": url(_STORE_DATABASES["city"], WORKER_ROLE),
        "DATABASE_URL_CITY_OWNER": url(_STORE_DATABASES["city"]),
    }


def main() -> None:
    """Found the store, approve, work until told to stop. Safe to start again at any time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ["HOCBA_DATABASE_ROLE"] = "worker"
    import django

    django.setup()
    from hocba_server.config.jobs import run_worker
    from hocba_server.demo import databases

    databases.ready()
    _found()
    _approve_first()
    run_worker("city")


def _found() -> None:
    from hocba_server.adapters.clock import SystemClock
    from hocba_server.city.certificates.models import Level
    from hocba_server.city.certificates.services import register_unit
    from hocba_server.city.gateway.services import open_account
    from hocba_server.city.transparency.models import SignedCheckpoint
    from hocba_server.city.transparency.services import start_log
    from hocba_server.web.accounts.actor import actor_of_user
    from hocba_server.web.accounts.services import save_account

    at = SystemClock().now()
    user = save_account(
        username="bo-1",
        full_name=OFFICER_NAME,
        personal_id=OFFICER_NUMBER,
        house="city",
        unit_code=MINISTRY_CODE,
        unit_name=MINISTRY_NAME,
        title="Chuyên viên Kho học bạ số",
        roles=("SO_DUYET",),
        demo=True,
    )
    by = actor_of_user(user)
    if not SignedCheckpoint.objects.exists():
        start_log(at=at)
    register_unit(
        by=by,
        at=at,
        code=DEPARTMENT_CODE,
        name=DEPARTMENT_NAME,
        ownership="public",
        levels=tuple(Level),
    )
    open_account(by=by, at=at, unit_code=DEPARTMENT_CODE)


def _approve_first() -> None:
    """The store's officer approves the first certificate of the department, as soon as it comes."""
    from hocba_server.adapters.clock import SystemClock
    from hocba_server.city.certificates.models import CertificateRegistration
    from hocba_server.city.certificates.services import approve
    from hocba_server.web.accounts.actor import actor_of_user
    from hocba_server.web.accounts.models import User

    by = actor_of_user(User.objects.get(username="bo-1"))
    end = time.monotonic() + _APPROVAL_SECONDS
    while time.monotonic() < end:
        first = CertificateRegistration.objects.order_by("pk").first()
        if first is not None:
            if first.state == "waiting":
                approve(by=by, at=SystemClock().now(), registration_id=first.pk)
            return
        time.sleep(0.5)


if __name__ == "__main__":
    main()
