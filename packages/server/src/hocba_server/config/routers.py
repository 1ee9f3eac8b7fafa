"""Which table lives in which database. Nothing crosses between the houses (design.md 2)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model

IN_BOTH_HOUSES: Final = frozenset({"web_audit", "procrastinate"})
"""Each house keeps its own audit entries and its own jobs, beside the rows they belong to."""


def house_of(app_label: str) -> str:
    """The database of an app: `school_*`, `city_*`, everything else in `default`."""
    house, _, rest = app_label.partition("_")
    return house if rest and house in {"school", "city"} else "default"


class HouseRouter:
    """Django's database router for the two houses and the shared face."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """Read an app's rows where they live; audit rows need an explicit `using`."""
        if model._meta.app_label in IN_BOTH_HOUSES:
            instance = hints.get("instance")
            return instance._state.db if instance is not None else "school"
        return house_of(model._meta.app_label)

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """Write where it is read."""
        return self.db_for_read(model, **hints)

    def allow_relation(self, obj1: Model, obj2: Model, **_hints: Any) -> bool:
        """Rows of different databases never point at each other."""
        return house_of(obj1._meta.app_label) == house_of(obj2._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Make an app's tables in its own database only."""
        if app_label in IN_BOTH_HOUSES:
            return db in {"school", "city"}
        return db == house_of(app_label)
