"""No personal data in logs and error reports (invariant 8), whatever an exception quotes."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from hocba_server.web.design.logs import PlainFormatter, speak_plainly

PUPIL = "000012345678"
pytestmark = pytest.mark.django_db(databases=["default"])


def _fail(_request: HttpRequest) -> HttpResponse:
    try:
        int(f"Trần Văn Tí {PUPIL}")
    except ValueError as error:
        raise RuntimeError(f"Key (personal_id)=({PUPIL}) already exists") from error
    return HttpResponse()


urlpatterns = [path("hong", _fail)]
handler500 = "hocba_server.web.design.errors.server_error"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the platform's own log handler writes, set up as every process sets it up."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    speak_plainly()
    yield handler.stream
    root.removeHandler(handler)


@override_settings(ROOT_URLCONF=__name__)
def test_a_failing_page_is_logged_without_what_it_choked_on(written: io.StringIO) -> None:
    assert Client(raise_request_exception=False).get("/hong").status_code == 500
    text = written.getvalue()
    assert PUPIL not in text
    assert "Tí" not in text
    assert "ValueError" in text
    assert "RuntimeError" in text
    assert "test_logs.py" in text
    assert "in _fail" in text


def test_the_state_of_the_database_is_enough_to_find_a_fault(written: io.StringIO) -> None:
    try:
        raise IntegrityError(PUPIL) from psycopg.errors.UniqueViolation(f"DETAIL: ({PUPIL})")
    except IntegrityError as fault:
        logging.getLogger("hocba").exception("a job failed: %s", fault)
    text = written.getvalue()
    assert PUPIL not in text
    assert "SQLSTATE 23505" in text


def test_an_exception_as_message_keeps_its_words_to_itself(written: io.StringIO) -> None:
    logging.getLogger("hocba").error(ValueError(PUPIL))
    logging.getLogger("hocba").error("plain %(what)s", {"what": "words"})
    text = written.getvalue()
    assert PUPIL not in text
    assert "ValueError" in text
    assert "plain words" in text


def test_what_another_handler_wrote_before_is_not_repeated() -> None:
    try:
        raise ValueError(PUPIL)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    logging.Formatter().format(record)
    assert record.exc_text is not None
    assert PUPIL in record.exc_text
    assert PUPIL not in PlainFormatter().format(record)


def test_every_handler_of_the_settings_writes_so() -> None:
    ours = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
    assert ours
    assert all(isinstance(each.formatter, PlainFormatter) for each in ours)
