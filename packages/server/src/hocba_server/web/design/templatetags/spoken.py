from __future__ import annotations

from django import template

from hocba.errors import Sentence
from hocba_server.web.design.language import in_page_language

register = template.Library()


@register.filter
def spoken(sentence: Sentence | str | None) -> str:
    """A sentence of the library in the language of the page."""
    return in_page_language(sentence) if isinstance(sentence, Sentence) else str(sentence or "")
