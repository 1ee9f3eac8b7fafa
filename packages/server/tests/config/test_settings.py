from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.forms import DateField
from django.utils import translation

from hocba_server.config.houses import running_houses
from hocba_server.config.secret import secret_key


def test_production_needs_a_secret_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        secret_key("production", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_demo_makes_its_secret_once_and_keeps_it_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = secret_key("demo", tmp_path)
    assert secret_key("demo", tmp_path) == first
    assert len(first) >= 60
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600]


def test_houses_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOCBA_HOUSES", "city")
    assert running_houses() == ("city",)
    monkeypatch.setenv("HOCBA_HOUSES", "ministry")
    with pytest.raises(ValueError, match="HOCBA_HOUSES"):
        running_houses()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("typed", "read"), [("28/05/2026", (28, 5)), ("05/06/2026", (5, 6))])
def test_dates_are_day_first_in_both_languages(
    language: str, typed: str, read: tuple[int, int]
) -> None:
    with translation.override(language):
        assert DateField(localize=True).clean(typed) == date(2026, read[1], read[0])


@pytest.mark.parametrize("houses", ["school", "city"])
def test_each_house_starts_alone(houses: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HOCBA_HOUSES": houses,
        "HOCBA_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings",
    }
    command = [sys.executable, "-m", "hocba_server", "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HOCBA_MODE": "production",
        "HOCBA_VAR": str(tmp_path),
        "HOCBA_PUBLIC_URL": "https://hocba.test",
        "SECRET_KEY": "k-only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DJANGO_SETTINGS_MODULE": "hocba_server.config.settings",
    }
    command = [sys.executable, "-m", "hocba_server", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
