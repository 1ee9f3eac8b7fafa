"""Invariant: whatever a page asks, the database lets through only what the person may see."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from hocba_server.city import views
from hocba_server.city.access.policies import OPEN, POLICIES
from hocba_server.city.conftest import Submit
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.scopes import school_scope, scope_of
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    OTHER_WARD,
    SENT,
    STRANGER,
    WARD_OFFICER,
    sign_in,
)
from hocba_server.config.acting import (
    NOBODY,
    NobodyAtFirst,
    Scope,
    act_from_here,
    acting,
    one_record,
)
from hocba_server.config.database import ensure_server
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

TABLES = [each.table for each in POLICIES]


def ask(statement: str, scope: Scope) -> Any:
    with acting(scope), connections["city"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def count(table: str, scope: Scope) -> int:
    return int(ask(f"SELECT count(*) FROM {table}", scope))


@pytest.fixture
def kept(submit: Submit, documents: list[bytes]) -> list[str]:
    """Numbers of three records of a school in ward 26740."""
    submit(*documents)
    return list(StoredRecord.objects.order_by("pk").values_list("record_uuid", flat=True))


@pytest.mark.parametrize(
    ("by", "seen"),
    [
        (OFFICER, 3),
        (INSPECTOR, 3),
        (WARD_OFFICER, 3),
        (OTHER_WARD, 0),
        (ADMINISTRATOR, 0),
        (STRANGER, 0),
    ],
    ids=lambda value: value.name if isinstance(value, Actor) else str(value),
)
@pytest.mark.usefixtures("kept")
def test_everybody_sees_the_own_rows(by: Actor, seen: int) -> None:
    scope = scope_of(by)
    assert count("city_repository_storedrecord", scope) == seen
    assert count("city_repository_recordinforce", scope) == seen
    assert count("city_gateway_recordoutcome", scope) == seen
    assert count("city_gateway_incomingpackage", scope) == min(seen, 1)


@pytest.mark.usefixtures("kept")
def test_whoever_forgets_to_say_who_acts_sees_nothing() -> None:
    for table in TABLES:
        assert count(table, NOBODY) == 0, table
    assert count("city_gateway_incomingpackage", school_scope("00000999")) == 0
    assert count("city_gateway_incomingpackage", school_scope("00000999,79")) == 0


def test_the_public_page_reaches_one_record(kept: list[str]) -> None:
    scope = one_record(kept[0])
    assert ask("SELECT record_uuid FROM city_repository_storedrecord", scope) == kept[0]
    assert count("city_repository_storedrecord", scope) == 1
    assert count("city_repository_recordinforce", scope) == 1
    assert count("city_gateway_incomingpackage", scope) == 0
    assert count("city_repository_storedrecord", one_record("x")) == 0


@pytest.mark.usefixtures("kept")
def test_a_page_cannot_change_what_is_kept_nor_look_into_another_ward(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raw SQL on the very connection of a page of the department."""
    tried: dict[str, Any] = {}

    def render(*_arguments: Any, **_named: Any) -> HttpResponse:
        connection = connections["city"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, count(*) FROM city_repository_storedrecord")
            tried["seen"] = cursor.fetchone()
        for name, statement in (
            ("update", "UPDATE city_repository_storedrecord SET pupil_name = 'x'"),
            ("delete", "DELETE FROM city_repository_storedrecord"),
            ("truncate", "TRUNCATE city_repository_storedrecord CASCADE"),
            ("audit", "UPDATE web_audit_auditentry SET name = 'x'"),
            ("insert", "INSERT INTO city_repository_storedrecord DEFAULT VALUES"),
            ("partition", "SELECT count(*) FROM city_repository_original_2025"),
            ("room", "SELECT city_repository_room_for('2031-2032')"),
            ("ddl", "DROP POLICY hocba_change ON city_repository_storedrecord"),
            ("create", "CREATE TABLE hidden (id int)"),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(using="city"):
                connection.cursor().execute(statement)
            tried[name] = True
        return HttpResponse("tried")

    monkeypatch.setattr(views, "render", render)
    for by, seen in ((WARD_OFFICER, 3), (OTHER_WARD, 0), (ADMINISTRATOR, 0)):
        tried.clear()
        assert sign_in(client, by).get("/so/").content == b"tried"
        assert tried.pop("seen") == ("hocba_web", seen)
        assert len(tried) == 9


@pytest.mark.usefixtures("kept")
def test_a_request_begins_as_nobody_and_leaves_nobody_behind() -> None:
    seen: list[int] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(StoredRecord.objects.count())
        act_from_here(scope_of(OFFICER))
        seen.append(StoredRecord.objects.count())
        return HttpResponse("")

    with acting(scope_of(OTHER_WARD)):
        for _ in range(2):
            NobodyAtFirst(answer)(HttpRequest())
        assert StoredRecord.objects.count() == 0
    assert seen == [0, 3, 0, 3]


def test_the_roles_themselves_own_nothing_and_are_bound(kept: list[str]) -> None:
    """The real log-in of the web and of a worker, from outside."""
    del kept
    address = ensure_server()
    name = str(connections["city"].settings_dict["NAME"])
    for role in ("hocba_web", "hocba_worker"):
        named = {**address.connection(name), "user": role}
        with psycopg.connect(**named, autocommit=True) as link:
            assert link.execute("SELECT count(*) FROM city_repository_storedrecord").fetchone() == (
                0,
            )
            owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
            assert link.execute(owned).fetchone() == (0,)
            for statement in (
                "SET ROLE postgres",
                "UPDATE city_repository_storedrecord SET size = 1",
                "ALTER TABLE city_repository_storedrecord DISABLE ROW LEVEL SECURITY",
                "SET session_replication_role = replica",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(statement)


def test_append_only_tables_give_no_right_to_change() -> None:
    with connections["city"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname LIKE '%append#_only' ESCAPE '#'"
        )
        guarded = [name for (name,) in cursor.fetchall()]
        assert "city_repository_storedrecord" in guarded
        assert "web_audit_auditentry" in guarded
        for table in guarded:
            for role in ("hocba_web", "hocba_worker"):
                for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"):
                    cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
                    assert cursor.fetchone() == (False,), f"{role} {right} {table}"


def test_no_table_with_people_is_forgotten() -> None:
    """A new table that names a person or a record needs a policy in `policies.py`."""
    with connections["city"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname, c.relrowsecurity, EXISTS (SELECT 1 FROM pg_policy p "
            "WHERE p.polrelid = c.oid) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = "
            "'public'::regnamespace AND NOT a.attisdropped AND (a.attname IN ('personal_id', "
            "'record_uuid', 'pupil_name', 'pupil_code', 'record_id') OR (a.attname = 'content'))"
        )
        found = {name: (secured, policy) for name, secured, policy in cursor.fetchall()}
    assert "city_repository_storedrecord" in found
    open_ = {name for name, state in found.items() if state != (True, True)}
    assert open_ <= set(OPEN), f"no row security on {sorted(open_ - set(OPEN))}"
    assert set(OPEN) <= set(found)


LOOK_UPS = (
    "record_uuid = 'x'",
    "personal_id = '000000000000' AND school_year = '2025-2026'",
    "unit_code = 'x' AND school_year = '2025-2026' AND classroom_name = '4A'",
)


@pytest.mark.parametrize("condition", LOOK_UPS)
def test_look_ups_keep_their_indexes(condition: str, kept: list[str]) -> None:
    """A condition that is not leakproof would be asked of every row of the city."""
    statement = f"EXPLAIN SELECT id FROM city_repository_storedrecord WHERE {condition}"
    for scope in (scope_of(OFFICER), scope_of(WARD_OFFICER), one_record(kept[0])):
        with (
            acting(scope),
            transaction.atomic(using="city"),
            connections["city"].cursor() as cursor,
        ):
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(statement)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index Cond" in plan, plan
        assert "Seq Scan on city_repository" not in plan, plan


def test_a_rollback_does_not_leave_the_scope_behind(kept: list[str]) -> None:
    del kept
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="city"):
        with acting(scope_of(OTHER_WARD)):
            assert count("city_repository_storedrecord", scope_of(OTHER_WARD)) == 0
        raise ZeroDivisionError
    assert StoredRecord.objects.count() == 3
    with acting(scope_of(OTHER_WARD)):
        assert StoredRecord.objects.count() == 0
    assert StoredRecord.objects.count() == 3


def test_another_school_writes_nothing_under_this_schools_name(approved: str) -> None:
    with acting(school_scope("00000999")):
        record_event(using="city", by=OFFICER_OF_NOBODY, at=SENT, action="x", subject="y")
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(using="city"),
            connections["city"].cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO city_gateway_incomingpackage (message_id, unit_code, kind, first_year,"
                " request_sha256, content, answer, record_count, received_at, state) VALUES "
                "('m', %s, '1', 2025, '', '', '{}', 0, now(), 'received')",
                [approved],
            )


OFFICER_OF_NOBODY = Actor(0, "Hệ thống", "", "", ("HE_THONG",), "city")
