from __future__ import annotations

import pytest

from hocba_server.config.database import LINE_OPTIONS, database_settings, read_database_url


def test_every_part_of_the_address_is_read() -> None:
    read = read_database_url(
        "postgresql://ng%C6%B0%E1%BB%9Di:m%40t@db.test:5433/so?sslmode=require"
    )
    assert read == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "so",
        "USER": "người",
        "PASSWORD": "m@t",
        "HOST": "db.test",
        "PORT": "5433",
        "OPTIONS": {**LINE_OPTIONS, "sslmode": "require"},
    }


def test_the_address_decides_how_long_a_line_may_be_silent() -> None:
    read = read_database_url("postgresql://db.test/so?keepalives_idle=60&options=-c%20jit%3Doff")
    assert read["OPTIONS"]["keepalives_idle"] == "60"
    assert read["OPTIONS"]["options"] == "-c jit=off"
    assert read["OPTIONS"]["keepalives_count"] == LINE_OPTIONS["keepalives_count"]


def test_a_socket_folder_is_read_as_host() -> None:
    read = read_database_url("postgres:///so?host=/run/postgresql")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/postgresql", "", {})


@pytest.mark.parametrize("url", ["mysql://a/b", "so", "sqlite:///x"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        read_database_url(url)


def test_without_an_address_the_embedded_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    read = database_settings("city")
    assert (read["ENGINE"], read["NAME"]) == ("hocba_server.config.embedded", "hocba_city")


def test_houses_share_a_server_or_have_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@one.test/web")
    monkeypatch.setenv("DATABASE_URL_CITY", "postgresql://u@two.test/kho")
    found = {alias: database_settings(alias) for alias in ("default", "school", "city")}
    assert [(found[alias]["HOST"], found[alias]["NAME"]) for alias in found] == [
        ("one.test", "web"),
        ("one.test", "hocba_school"),
        ("two.test", "kho"),
    ]
