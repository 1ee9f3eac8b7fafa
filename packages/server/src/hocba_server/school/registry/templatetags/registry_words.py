"""Filters of the registrar's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def named(words: Mapping[str, object], key: str) -> object:
    """The words for a key, or the key itself."""
    return words.get(key, key) if isinstance(words, Mapping) else key


@register.filter
def said(words: Mapping[str, str], key: str) -> str:
    """The words for a key in the language of the page, or the key itself."""
    return gettext(str(words.get(key, key)))
