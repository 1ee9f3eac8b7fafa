from __future__ import annotations

from collections.abc import Mapping

from django import template

from hocba.errors import Sentence
from hocba_server.web.accounts.roles import spoken_title
from hocba_server.web.design.language import in_page_language

register = template.Library()


@register.filter
def spoken(sentence: Sentence | Mapping[str, str] | str | None) -> str:
    """A sentence of the library, or one kept in a row as {"vi", "en"}, in the page's language."""
    if isinstance(sentence, Mapping):
        sentence = Sentence(sentence["vi"], sentence["en"])
    return in_page_language(sentence) if isinstance(sentence, Sentence) else str(sentence or "")


@register.filter
def job_title(title: str) -> str:
    """A job title in the page's language."""
    return spoken_title(title)
