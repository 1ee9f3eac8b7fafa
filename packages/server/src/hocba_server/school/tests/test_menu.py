"""The table of contents: every link opens for every role that is shown it."""

from __future__ import annotations

import pytest
from django.test import Client

from hocba_server.school.menu import MenuLink, class_menu, school_menu
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.tests.cast import Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User

ACTORS = {
    SchoolRole.SUBJECT_TEACHER: "music",
    SchoolRole.HOMEROOM_TEACHER: "homeroom",
    SchoolRole.REGISTRAR: "registrar",
    SchoolRole.SCHOOL_CLERK: "clerk",
    SchoolRole.PRINCIPAL: "principal",
    SchoolRole.ADMINISTRATOR: "administrator",
}


def _client(by: Actor) -> Client:
    user = User.objects.create(
        username=f"{by.personal_id}-{by.unit_code}",
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client()
    client.force_login(user)
    return client


def _links(roles: list[str]) -> list[MenuLink]:
    links = [link for group in school_menu(roles) for link in group.links]
    return links + class_menu(roles, Classroom.objects.get(name="1A1"))


@pytest.mark.parametrize("role", ACTORS, ids=lambda role: role.value)
def test_every_link_opens_for_who_is_shown_it(
    role: SchoolRole, cast: Cast, subtests: pytest.Subtests
) -> None:
    by: Actor = getattr(cast, ACTORS[role])
    client = _client(by)
    links = _links(list(by.roles))
    assert links
    for link in links:
        with subtests.test(link.title.vi):
            assert client.get(link.url, follow=True).status_code == 200


def test_the_administrator_is_shown_no_room_with_results(cast: Cast) -> None:
    urls = {link.url for link in _links(list(cast.administrator.roles))}
    assert not {url for url in urls if "/lop/" in url or "/ky/" in url or "hoc-sinh" in url}


def test_who_has_no_role_is_shown_nothing(cast: Cast) -> None:
    assert _links([]) == []
