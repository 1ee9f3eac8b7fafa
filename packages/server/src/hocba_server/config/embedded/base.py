"""Django looks for the engine's `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from hocba_server.config.database import ensure_server


class DatabaseWrapper(PostgresWrapper):
    """PostgreSQL whose address is known only once the embedded server runs."""

    def get_connection_params(self) -> dict[str, Any]:
        """Start the server when needed and point the connection at it."""
        address = ensure_server()
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, **address.connection(parameters["dbname"])}
