from __future__ import annotations

import pytest
from django.urls import get_resolver
from django.utils import translation

from hocba_server.school.tests.page_walk import school_pages
from hocba_server.web.design.help import FEWEST, MOST, all_help, page_help


@pytest.mark.parametrize("name", school_pages())
def test_every_page_of_the_school_has_a_help_text(name: str) -> None:
    assert FEWEST <= len(page_help(name)) <= MOST, f"write one in web/design/help.toml: {name}"


def test_help_is_in_both_languages_and_for_pages_that_exist() -> None:
    known = _names(get_resolver(), "")
    for name, texts in all_help().items():
        assert name in known, name
        assert len(texts["vi"]) == len(texts["en"])
        for vi, en in zip(texts["vi"], texts["en"], strict=True):
            assert vi != en
            assert len(vi) <= 140, vi
            assert (vi[-1], en[-1]) == (".", "."), vi
    with translation.override("en"):
        assert page_help("school_home")[0].startswith("This page")
    assert page_help(None) == page_help("nowhere:at_all") == ()


def _names(resolver: object, space: str) -> set[str]:
    found: set[str] = set()
    for each in getattr(resolver, "url_patterns", []):
        if hasattr(each, "url_patterns"):
            found |= _names(each, f"{space}{each.namespace}:" if each.namespace else space)
        else:
            found.add(f"{space}{each.name}")
    return found
