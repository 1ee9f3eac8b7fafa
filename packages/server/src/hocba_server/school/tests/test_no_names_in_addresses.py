"""No personal data in addresses, redirects and names of files (invariant 8).

They end up in histories of browsers, in logs of proxies and in folders for downloads.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_plus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from hocba_server.school.tests.addresses import every_address, existing
from hocba_server.school.tests.cast import HEAD_ID, HOMEROOM_ID, NAMES, Cast, class_list_row
from hocba_server.web.accounts.models import User

_ADDRESS = re.compile(r"""\s(?:href|src|action|formaction|hx-[a-z]+|data-[a-z-]+)="([^"]*)\"""")
_HEADERS = ("Location", "Content-Disposition", "HX-Push-Url", "HX-Redirect", "Link")
READERS = ("principal", "homeroom")


def _plain(text: str) -> str:
    """Without marks, spaces and signs: `Trần Văn Tí` and `tran-van-ti` are the same."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", bare)


PEOPLE = {_plain(name) for name in NAMES} | {HEAD_ID, HOMEROOM_ID}
for order in range(len(NAMES)):
    PEOPLE |= {class_list_row(order).personal_id, class_list_row(order).pupil_code}


def _named(text: str) -> list[str]:
    """Who of the cast is named in an address or a header."""
    shown = _plain(unquote_plus(text))
    return [person for person in PEOPLE if person in shown]


def _addresses(page: str) -> list[str]:
    """All addresses of a page; data attributes count when they hold one."""
    return [each for each in _ADDRESS.findall(page) if "/" in each or "?" in each]


@pytest.mark.parametrize("reader", READERS)
def test_no_address_or_file_name_names_a_person(
    reader: str, cast: Cast, issued: int, subtests: pytest.Subtests
) -> None:
    by = getattr(cast, reader)
    user = User.objects.create(
        username="nguoi-doc",
        full_name=by.name,
        personal_id=by.personal_id,
        house=by.house,
        unit_code=by.unit_code,
        roles=list(by.roles),
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    for address in every_address():
        told: list[str] = []
        for method in ("get", "post"):
            with transaction.atomic(using="default"), transaction.atomic(using="school"):
                url = reverse(address.name, kwargs=existing(address))
                answer = getattr(client, method)(url)
                content = answer.getvalue()
                transaction.set_rollback(True, using="default")
                transaction.set_rollback(True, using="school")
            assert answer.status_code < 500, f"{method} {url}"
            told.append(url)
            told += [answer.headers[name] for name in _HEADERS if name in answer.headers]
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                told += _addresses(content.decode())
        with subtests.test(address.name):
            assert {each: _named(each) for each in told if _named(each)} == {}
