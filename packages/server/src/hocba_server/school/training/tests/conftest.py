"""A training school made as its job makes it, its people signed in, and clocks that stand still."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from hocba_server.school.tests.cast import AT, CODE, HOMEROOM_ID, Cast, FixedClock
from hocba_server.school.tests.shelf import Shelf
from hocba_server.school.training import building
from hocba_server.school.training.building import build as build_school
from hocba_server.school.training.models import TrainingSchool
from hocba_server.school.training.services import open_training_school
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.services import save_account

Build = Callable[[int], TrainingSchool]
Account = Callable[[Actor], User]
Browse = Callable[[User], Client]


@pytest.fixture(autouse=True)
def own_var(settings: Settings, tmp_path: Path) -> Path:
    """Mock keys go into a folder of the test."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def build() -> Build:
    def run(training_id: int) -> TrainingSchool:
        build_school(training_id, FixedClock())
        return TrainingSchool.objects.select_related("school", "of").get(pk=training_id)

    return run


@pytest.fixture
def training(
    shelf: Shelf,
    cast: Cast,
    build: Build,
    own_var: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> TrainingSchool:
    """The training school of the cast, ready; its mock keys are kept with its rows."""

    def make() -> tuple[int, Path]:
        made = build(open_training_school(by=cast.principal, at=AT))
        kept = tmp_path_factory.mktemp("training") / "training"
        shutil.copytree(own_var / "training", kept)
        return made.pk, kept

    training_id, kept = shelf.take(f"training with {vars(building)['PUPILS']}", make)
    shutil.copytree(kept, own_var / "training", dirs_exist_ok=True)
    return TrainingSchool.objects.select_related("school", "of").get(pk=training_id)


@pytest.fixture
def few_pupils(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training classes of three pupils, where a test makes several schools."""
    monkeypatch.setattr(building, "PUPILS", 3)


@pytest.fixture
def account() -> Account:
    """An account at the real school for somebody of the cast."""

    def make(by: Actor) -> User:
        return save_account(
            username=f"thu-{by.personal_id}-{'-'.join(by.roles)}",
            full_name=by.name,
            personal_id=str(by.personal_id),
            house="school",
            unit_code=CODE,
            unit_name="Trường Tiểu học Thử",
            roles=by.roles,
        )

    return make


@pytest.fixture
def browse() -> Browse:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def trainee(row: TrainingSchool, *roles: str, personal_id: str = HOMEROOM_ID) -> Actor:
    """Somebody of the cast at the training school."""
    return Actor(77, "Người Tập", personal_id, row.school.code, roles, "school")
