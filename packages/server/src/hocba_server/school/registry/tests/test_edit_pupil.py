from __future__ import annotations

from typing import Any

from hocba_server.school.registry.models import Pupil
from hocba_server.school.registry.pupil_services import edit_pupil
from hocba_server.school.registry.pupil_values import values_of
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor


def _edit(by: Actor, pupil: Pupil, seen: dict[str, str], reason: str = "Sửa", **new: str) -> Any:
    return edit_pupil(
        by=by, at=AT, pupil_id=pupil.pk, values={**seen, **new}, seen=seen, reason=reason
    )


def test_a_change_keeps_old_new_and_reason(cast: Cast, pupil: Pupil) -> None:
    seen = values_of(pupil)
    assert _edit(cast.registrar, pupil, seen, current_address="  2  đường Mới ") == 1
    pupil.refresh_from_db()
    assert pupil.current_address == "2 đường Mới"
    [entry] = entries("change_pupil")
    assert entry.detail["old"] == {"current_address": seen["current_address"]}
    assert entry.detail["new"] == {"current_address": "2 đường Mới"}
    assert entry.detail["reason"] == "Sửa"


def test_the_same_again_changes_nothing_and_needs_no_reason(cast: Cast, pupil: Pupil) -> None:
    assert _edit(cast.registrar, pupil, values_of(pupil), reason="") == 0
    assert entries("change_pupil") == []


def test_a_change_needs_a_reason(cast: Cast, pupil: Pupil) -> None:
    seen = values_of(pupil)
    code = refusal_of(_edit, cast.registrar, pupil, seen, reason=" ", home_town="Khác")
    assert code == "reason_missing"


def test_two_people_in_different_fields_lose_nothing(cast: Cast, pupil: Pupil) -> None:
    seen = values_of(pupil)
    _edit(cast.registrar, pupil, seen, home_town="Phường Một")
    _edit(cast.registrar, pupil, seen, father_name="Trần Văn Cha")
    pupil.refresh_from_db()
    assert (pupil.home_town, pupil.father_name) == ("Phường Một", "Trần Văn Cha")


def test_two_people_in_one_field_the_second_is_told_what_changed(cast: Cast, pupil: Pupil) -> None:
    seen = values_of(pupil)
    _edit(cast.registrar, pupil, seen, home_town="Phường Một")
    code = refusal_of(_edit, cast.registrar, pupil, seen, home_town="Phường Hai")
    assert code == "changed_meanwhile"
    pupil.refresh_from_db()
    assert pupil.home_town == "Phường Một"
    now = values_of(pupil)
    assert _edit(cast.registrar, pupil, now, home_town="Phường Hai") == 1


def test_nothing_changes_while_the_record_exists(results: Cast, created: int, pupil: Pupil) -> None:
    seen = values_of(pupil)
    code = refusal_of(_edit, results.registrar, pupil, seen, full_name="Trần Văn Tý")
    assert code == "locked"


def test_code_and_number_are_not_edited_here(cast: Cast, pupil: Pupil) -> None:
    assert _edit(cast.registrar, pupil, values_of(pupil), pupil_code="1", personal_id="2") == 0


def test_only_the_registrar_of_the_school(cast: Cast, pupil: Pupil) -> None:
    seen = values_of(pupil)
    for by, code in (
        (cast.principal, "role"),
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(_edit, by, pupil, seen, home_town="Khác") == code
