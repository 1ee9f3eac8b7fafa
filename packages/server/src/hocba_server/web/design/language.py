"""The language of a page: Vietnamese, unless the person chose English at the foot of a page.

What the browser asks for is not looked at: many school computers run an English system, and the
people at them read Vietnamese.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from hocba.errors import Sentence


class ChosenLanguage:
    """Middleware: speak the language that the cookie names, when we have it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in that language."""
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def in_page_language(sentence: Sentence) -> str:
    """The sentence in the language of the page that is being made."""
    return sentence.en if translation.get_language() == "en" else sentence.vi
