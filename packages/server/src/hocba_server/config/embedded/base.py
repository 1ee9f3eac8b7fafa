"""Django looks for the engine's `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

from typing import Any

from hocba_server.config.database import ensure_server
from hocba_server.config.guarded.base import DatabaseWrapper as GuardedWrapper


class DatabaseWrapper(GuardedWrapper):
    """PostgreSQL whose address is known only once the embedded server runs."""

    def get_connection_params(self) -> dict[str, Any]:
        """Start the server when needed and point the connection at it.

        The embedded server trusts whoever reaches its socket folder: a role needs no password.
        """
        address = ensure_server()
        parameters: dict[str, Any] = super().get_connection_params()
        role = parameters.get("user")
        merged = {**parameters, **address.connection(parameters["dbname"])}
        if role and self.guarded and not self.settings_dict.get("ROLES_BY_SCOPE"):
            merged["user"] = role
        return merged
