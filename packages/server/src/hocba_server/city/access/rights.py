"""Rights and row security of the city's database, brought to what the program says.

Runs at the end of each `migrate`, as the owner. Running it again changes nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db import DatabaseError

from hocba.errors import Unavailable
from hocba_server.city.access.policies import AROUND, POLICIES, Policies
from hocba_server.config.guarded.base import WEB_ROLE, WORKER_ROLE

ROLES: Final = (WEB_ROLE, WORKER_ROLE)
ONLY_WORKERS_ADD: Final = (
    "city_repository_storedrecord",
    "city_repository_original",
    "city_repository_evidenceblob",
)
"""What is taken into the repository; a process that answers the web has no business there."""
ONLY_READ: Final = ("django_migrations",)

_TABLES: Final = """
SELECT c.relname,
    EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND p.proname LIKE '%append#_only' ESCAPE '#' AND t.tgtype & 16 > 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
"""Tables, and whether a trigger refuses to change their rows. Partitions are reached by way of
their table only, whose policies hold."""
_ROLE: Final = """
DO $role$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $role$
"""


def bring_up(connection: Any) -> None:
    """Make roles, rights, policies. Raises `Unavailable` where roles must be made by hand."""
    with connection.cursor() as cursor:
        for role in ROLES:
            try:
                cursor.execute(_ROLE.format(role=role))
            except DatabaseError as error:
                raise Unavailable(
                    "database_roles",
                    f"Không tạo được vai trò {role} trong PostgreSQL. Người quản trị máy chủ tạo "
                    "theo docs/operations/database-roles.md rồi chạy lại migrate.",
                    f"The role {role} cannot be made. Make it as docs/operations/"
                    "database-roles.md says, then migrate again.",
                ) from error
        cursor.execute(_TABLES)
        tables = list(cursor.fetchall())
        for table, append_only in tables:
            _grant(cursor, table, append_only=append_only)
        for role in ROLES:
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        there = {table for table, _ in tables}
        if "city_repository_statuschange" in there:
            cursor.execute(AROUND)
            cursor.execute("REVOKE ALL ON FUNCTION hocba_records_around(text) FROM PUBLIC")
            roles = ", ".join(ROLES)
            cursor.execute(f"GRANT EXECUTE ON FUNCTION hocba_records_around(text) TO {roles}")
        if "city_repository_original" in there:
            room = "FUNCTION city_repository_room_for(text)"
            cursor.execute(f"REVOKE ALL ON {room} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON {room} TO {WORKER_ROLE}")
        for policies in POLICIES:
            if policies.table in there:
                _guard(cursor, policies)


def _grant(cursor: Any, table: str, *, append_only: bool) -> None:
    cursor.execute(f'REVOKE ALL ON "{table}" FROM PUBLIC, {", ".join(ROLES)}')
    for role in ROLES:
        rights = ["SELECT"]
        if table not in ONLY_READ:
            if role == WORKER_ROLE or table not in ONLY_WORKERS_ADD:
                rights.append("INSERT")
            if not append_only:
                rights += ["UPDATE", "DELETE"]
        cursor.execute(f'GRANT {", ".join(rights)} ON "{table}" TO {role}')


def _guard(cursor: Any, policies: Policies) -> None:
    table = policies.table
    wanted = hashlib.sha256(repr(policies).encode()).hexdigest()
    cursor.execute(
        "SELECT obj_description(p.oid, 'pg_policy'), c.relrowsecurity FROM pg_policy p "
        "JOIN pg_class c ON c.oid = p.polrelid WHERE c.relname = %s AND p.polname = 'hocba_change'",
        [table],
    )
    if cursor.fetchone() == (wanted, True):
        return  # a policy is changed under a lock on the table: not without need
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for name in ("change", "read", "add"):
        cursor.execute(f"DROP POLICY IF EXISTS hocba_{name} ON {table}")
    cursor.execute(
        f"CREATE POLICY hocba_change ON {table} USING ({policies.change}) "
        f"WITH CHECK ({policies.change})"
    )
    if policies.read:
        cursor.execute(f"CREATE POLICY hocba_read ON {table} FOR SELECT USING ({policies.read})")
    if policies.add:
        cursor.execute(f"CREATE POLICY hocba_add ON {table} FOR INSERT WITH CHECK ({policies.add})")
    cursor.execute(f"COMMENT ON POLICY hocba_change ON {table} IS '{wanted}'")
