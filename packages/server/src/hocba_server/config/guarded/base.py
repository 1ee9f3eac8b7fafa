"""Django looks for the engine's `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from psycopg.pq import TransactionStatus

from hocba_server.config.acting import Kind, Scope, current_scope

WEB_ROLE: Final = "hocba_web"
WORKER_ROLE: Final = "hocba_worker"

_TELL: Final = """SELECT set_config('hocba.scope', %s, false), set_config('hocba.unit', %s, false),
set_config('hocba.units', %s, false), set_config('hocba.record', %s, false),
set_config('hocba.records', {records}, false)"""
_TELL_NONE: Final = _TELL.format(records="''")
_TELL_RECORD: Final = _TELL.format(records="hocba_records_around(%s)")
_BY_SCOPE: Final = "SELECT set_config('role', %s, false)"
_TOO_MIGHTY: Final = """SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class
WHERE relname = 'city_repository_storedrecord' AND pg_has_role(current_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user"""


class DatabaseWrapper(PostgresWrapper):
    """A connection that says for whom it asks, and owns nothing unless it migrates.

    Keys of its settings: `GUARDED` (row security is on), `OWNER` (what to change in the settings
    to connect as the owner), `ROLES_BY_SCOPE` (tests: one connection plays web and worker, the
    role follows the scope).
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._told: Scope | None = None
        self.as_owner = False

    @property
    def guarded(self) -> bool:
        """Does row security hold for what this connection does now?"""
        return bool(self.settings_dict.get("GUARDED")) and not self.as_owner

    # Only the owner changes tables.

    def prepare_database(self) -> None:
        """Called by `migrate` before anything else: go on as the owner of the tables."""
        self.become_owner()
        super().prepare_database()

    def become_owner(self) -> None:
        """Close the connection; the next one is the owner's. Nothing happens without roles."""
        if self.settings_dict.get("GUARDED") and not self.as_owner:
            self.close()
            self.as_owner = True

    def step_down(self) -> None:
        """Close the owner's connection; the next one owns nothing again."""
        if self.as_owner:
            self.close()
            self.as_owner = False

    def get_connection_params(self) -> dict[str, Any]:
        """The role's own name and password, or the owner's."""
        parameters: dict[str, Any] = super().get_connection_params()
        if self.as_owner:
            parameters.update(self.settings_dict.get("OWNER") or {})
        return parameters

    @contextmanager
    def _nodb_cursor(self) -> Iterator[Any]:
        """Databases of tests are made and dropped by the owner."""
        if not self.settings_dict.get("GUARDED"):
            with super()._nodb_cursor() as cursor:
                yield cursor
            return
        settings = {**self.settings_dict, "GUARDED": False, "NAME": None}
        other = self.__class__(settings, alias="__no_db__")
        other.as_owner = True
        try:
            with other.cursor() as cursor:
                yield cursor
        finally:
            other.close()

    # Every connection says for whom it asks.

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a role that row security does not bind is refused."""
        connection = super().get_new_connection(conn_params)
        self._told = None
        if self.guarded and not self.settings_dict.get("ROLES_BY_SCOPE"):
            row = connection.execute(_TOO_MIGHTY).fetchone()
            connection.rollback()
            if row is None or row[0]:
                connection.close()
                raise ImproperlyConfigured(
                    "Chương trình không được chạy bằng vai trò sở hữu bảng hoặc siêu người dùng "
                    "của PostgreSQL. Xem docs/operations/database-roles.md. (The role owns the "
                    "tables or is a superuser; row security would not hold.)"
                )
        return connection

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Say who acts before a transaction begins: its first statement may be SET TRANSACTION."""
        if not autocommit and self.guarded:
            self.close_if_health_check_failed()
            self.ensure_connection()
            self._tell_scope()
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)

    def _cursor(self, name: str | None = None) -> Any:
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self.guarded:
            self._tell_scope()
        return super()._cursor(name)  # type: ignore[misc] # stubs leave it out

    def _tell_scope(self) -> None:
        scope = current_scope()
        if scope == self._told:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # only a rollback can come now, and it makes the scope unknown
        self._told = None
        values = [scope.kind.value, scope.unit, ",".join(scope.units), scope.record]
        with self.wrap_database_errors:
            if scope.kind is Kind.RECORD:
                self.connection.execute(_TELL_RECORD, [*values, scope.record])
            else:
                self.connection.execute(_TELL_NONE, values)
            if self.settings_dict.get("ROLES_BY_SCOPE"):
                role = WORKER_ROLE if scope.kind is Kind.PLATFORM else WEB_ROLE
                self.connection.execute(_BY_SCOPE, [role])
        self._told = scope

    # PostgreSQL takes settings back with a rollback: afterwards nobody knows what it was told.

    def _rollback(self) -> Any:
        self._told = None
        return super()._rollback()  # type: ignore[misc] # stubs leave it out

    def _savepoint_rollback(self, sid: str) -> Any:
        super()._savepoint_rollback(sid)  # type: ignore[misc] # stubs leave it out
        self._told = None
