"""What needs no proof: catalogues, health, the OpenAPI document and its page; and the limits."""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar

import pytest
from django.test import Client as Browser

from hocba.packet.advice import advice_of
from hocba.packet.codes import ResponseCode
from hocba.packet.envelope import MAX_REQUEST
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.api.tests.calling import client, raw, registered_key


def test_the_catalogues_hold_what_the_text_names() -> None:
    ours = client()
    kinds = {entry["code"] for entry in ours.catalogue("signature-kinds")}
    assert {"REMOTE_SIGNING", "USB_TOKEN"} <= kinds
    issuers = {entry["code"] for entry in ours.catalogue("certificate-issuers")}
    assert {"VNPT", "BKAV", "VIETTEL", "BAN_CO_YEU"} <= issuers
    codes = ours.catalogue("answer-codes")
    assert [entry["code"] for entry in codes] == [code.value for code in ResponseCode]
    assert all(entry["what_to_do"] and entry["rule"] for entry in codes)


def test_health_tells_the_time() -> None:
    assert client().health()["status"] == "ok"


def test_the_document_names_every_operation_in_both_languages() -> None:
    document: dict[str, Any] = json.loads(Browser().get("/api/v2/openapi.json").content)
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert " / " in operation["summary"], path
            assert operation["description"], path
            for parameter in operation["parameters"]:
                assert parameter["description"], (path, parameter["name"])
                assert "examples" not in parameter
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]
    secured = document["paths"]["/api/v2/units/{unit_code}/packages/{message_id}"]["put"]
    assert {name for one in secured["security"] for name in one} == {
        "BearerToken",
        "RequestSignature",
    }
    assert "example" in secured["requestBody"]["content"]["application/xml"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_shows_what_the_document_says(language: str) -> None:
    browser = Browser()
    browser.cookies["hocba_language"] = language
    page = browser.get("/api/v2/tai-lieu")
    text = page.content.decode()
    assert page.status_code == 200
    assert "/api/v2/units/{unit_code}/packages/{message_id}" in text
    assert 'id="ma-1403"' in text
    assert 'id="submitPackage"' in text
    words = {"vi": "Nộp một gói học bạ", "en": "Submit a package"}
    assert words[language] in text
    assert "<script" not in text.split("</head>")[1]
    assert "style=" not in text


class Endless(io.RawIOBase):
    """A sender that never stops; says how much was taken of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "somebody wanted everything at once"
        self.taken += size
        return b"x" * size


@pytest.mark.parametrize("announced", [MAX_REQUEST + 1, 10**11, MAX_REQUEST])
def test_more_than_ten_million_bytes_are_never_in_memory(school: str, announced: int) -> None:
    sender = Endless()

    class Request:
        META: ClassVar[dict[str, str]] = {"CONTENT_LENGTH": str(announced)}
        read = staticmethod(sender.read)

    with pytest.raises(Problem) as refused:
        bounded_body(Request())  # type: ignore[arg-type]
    assert refused.value.status == 413
    assert sender.taken <= MAX_REQUEST + 2 * 65536
    if announced > MAX_REQUEST:
        assert sender.taken == 0, "what is announced as too large is not read at all"


def test_a_request_that_is_too_large_is_a_problem(school: str) -> None:
    answer = raw(registered_key(school)).put(
        f"units/{school}/packages/mot-goi",
        params={"year": 2025},
        content=b"x" * (MAX_REQUEST + 1),
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "1101")


def test_every_code_has_its_advice() -> None:
    for code in ResponseCode:
        advice = advice_of(code)
        assert advice.rule
        assert advice.what_to_do.vi
        assert advice.what_to_do.en
