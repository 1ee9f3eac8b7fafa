from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from hocba_server.config.routers import HouseRouter, house_of
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry


@pytest.mark.parametrize(
    ("label", "database"),
    [
        ("school_registry", "school"),
        ("city_gateway", "city"),
        ("web_accounts", "default"),
        ("sessions", "default"),
        ("schoolbus", "default"),
        ("city", "default"),
    ],
)
def test_an_app_lives_in_the_database_of_its_house(label: str, database: str) -> None:
    assert house_of(label) == database


@pytest.mark.parametrize("label", ["web_audit", "procrastinate"])
def test_each_house_keeps_its_own_audit_and_jobs(label: str) -> None:
    router = HouseRouter()
    allowed = {alias: router.allow_migrate(alias, label) for alias in connections}
    assert allowed == {"default": False, "school": True, "city": True}


def test_an_audit_row_stays_where_it_was_read() -> None:
    row = AuditEntry()
    row._state.db = "city"
    assert HouseRouter().db_for_write(AuditEntry, instance=row) == "city"


def test_rows_of_different_houses_never_point_at_each_other() -> None:
    pupil = apps.get_model("school_registry", "Pupil")
    record = apps.get_model("city_repository", "StoredRecord")
    assert not HouseRouter().allow_relation(pupil(), record())
    assert not HouseRouter().allow_relation(pupil(), User())


@pytest.mark.django_db(databases=["default", "school", "city"])
def test_no_table_of_one_house_is_in_the_other() -> None:
    def tables(alias: str) -> set[str]:
        return set(connections[alias].introspection.table_names())

    school, city, web = tables("school"), tables("city"), tables("default")
    assert "school_registry_pupil" in school
    assert "city_repository_storedrecord" in city
    assert "web_accounts_user" in web
    assert not {name for name in school if name.startswith(("city_", "web_accounts"))}
    assert not {name for name in city if name.startswith(("school_", "web_accounts"))}
    assert not {name for name in web if name.startswith(("school_", "city_", "web_audit"))}
