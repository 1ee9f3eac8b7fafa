from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from hocba.errors import HocBaError
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.onboarding.services import try_key
from hocba_server.school.onboarding.situation import situation_of
from hocba_server.school.onboarding.steps import Step, steps_of
from hocba_server.school.registry.models import School
from hocba_server.school.regulation.choices import Choices
from hocba_server.school.regulation.services import make_regulation, save_choices
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.decision_services import (
    DecisionWish,
    shown_digest,
    sign_decision,
)
from hocba_server.school.staffing.facts_services import Facts, confirm_facts
from hocba_server.school.tests.cast import (
    AT,
    CODE,
    HEAD_ID,
    HOMEROOM_ID,
    MUSIC_ID,
    NAMES,
    YEAR,
    Cast,
    TestKeys,
    WorldTrust,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry


def _school(cast: Cast) -> School:
    return School.objects.get(pk=cast.school_id)


def _steps(cast: Cast, *roles: str) -> dict[str, Step]:
    found = steps_of(situation_of(_school(cast), AT), roles)
    return {step.key: step for step in found}


def _refusal(work: Callable[..., object], **named: object) -> str:
    with pytest.raises(HocBaError) as refusal:
        work(**named)
    return refusal.value.code


def _browser(by: Actor) -> Client:
    user = User.objects.create(
        username="-".join(by.roles) + by.unit_code,
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client()
    client.force_login(user)
    return client


def test_a_new_school_begins_at_the_first_step(cast: Cast) -> None:
    steps = _steps(cast, "HIEU_TRUONG")
    assert steps["facts"].state == "current"
    assert steps["regulation"].state == "waiting"
    assert steps["facts"].mine
    assert not steps["classes"].mine
    assert steps["assignments"].names == ("Lê Văn Hiệu Trưởng",)


def test_each_step_sees_what_is_really_there(
    cast: Cast, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    confirm_facts(
        by=cast.administrator,
        at=AT,
        school_id=cast.school_id,
        facts=Facts("Ủy ban nhân dân Phường Sài Gòn"),
    )
    assert _steps(cast)["regulation"].state == "current"
    choices = Choices(school_year=YEAR, board="Lê Văn Hiệu Trưởng; Hiệu trưởng; Trưởng ban")
    save_choices(by=cast.principal, at=AT, school_id=cast.school_id, choices=choices)
    assert not _steps(cast)["regulation"].done
    make_regulation(by=cast.principal, at=AT, school_id=cast.school_id)
    steps = _steps(cast)
    assert [steps[key].done for key in ("regulation", "staff", "classes", "pupils")] == [True] * 4
    assert steps["assignments"].state == "current"
    assert steps["assignments"].address == reverse("school_staffing:decision", args=[YEAR])
    seen = shown_digest(coverage_of(_school(cast), YEAR))
    sign_decision(
        by=cast.principal,
        at=AT,
        school_id=cast.school_id,
        wish=DecisionWish(YEAR, 1, seen),
        key=keys.key_for(HEAD_ID),
        timestamp=timestamps,
        trust=trust,
    )
    assert _steps(cast)["assignments"].done
    assert _steps(cast)["accounts"].state == "current"


def test_a_signed_class_is_the_last_step(cast: Cast, issued: int) -> None:
    assert _steps(cast)["signed"].done


def test_keys_are_tried_without_signing_anything(
    cast: Cast, keys: TestKeys, trust: WorldTrust
) -> None:
    for by, number in (
        (cast.principal, HEAD_ID),
        (cast.homeroom, HOMEROOM_ID),
        (cast.music, MUSIC_ID),
    ):
        try_key(by=by, at=AT, key=keys.key_for(number), organisation=False, trust=trust)
    assert not _steps(cast)["keys"].done
    clerk = cast.clerk
    school_key = keys.organisation_key(CODE)
    try_key(by=clerk, at=AT, key=school_key, organisation=True, trust=trust)
    assert _steps(cast)["keys"].done
    assert KeyTrial.objects.count() == 4
    assert AuditEntry.objects.using("school").filter(action="try_key").count() == 4


def test_a_key_of_somebody_else_or_without_the_role_is_refused(
    cast: Cast, keys: TestKeys, trust: WorldTrust
) -> None:
    named: dict[str, object] = {"at": AT, "trust": trust, "organisation": False}
    foreign = keys.key_for(HEAD_ID)
    assert _refusal(try_key, by=cast.music, key=foreign, **named) == "foreign_certificate"
    assert _refusal(try_key, by=cast.administrator, key=foreign, **named) == "role"
    school = {**named, "organisation": True, "key": keys.organisation_key(CODE)}
    assert _refusal(try_key, by=cast.principal, **school) == "role"
    assert not KeyTrial.objects.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages(cast: Cast, language: str) -> None:
    client = _browser(cast.principal)
    client.cookies["hocba_language"] = language
    page = client.get(reverse("school_onboarding:start"))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("button--primary") == 1
    assert "style=" not in text
    assert not any(name in text for name in NAMES)
    assert client.get(reverse("school_onboarding:keys")).status_code == 200


def test_who_sees_the_pages(cast: Cast) -> None:
    teacher = _browser(cast.music)
    assert teacher.get(reverse("school_onboarding:start")).status_code == 403
    assert teacher.get(reverse("school_onboarding:keys")).status_code == 200
    administrator = _browser(cast.administrator)
    assert administrator.get(reverse("school_onboarding:start")).status_code == 200
