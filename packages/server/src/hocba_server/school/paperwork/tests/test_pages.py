"""The pages that sign papers: what is wrong comes back as a sentence, never as a fault."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.urls import reverse

from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.paperwork.selectors import PAPERS
from hocba_server.school.signing.models import PaperRound
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import HEAD_ID, Cast, TestKeys
from hocba_server.web.accounts.actor import Actor

ROUND = reverse("school_paperwork:next_round", args=["ky-thu"])
ROUND_DONE = reverse("school_paperwork:complete_round", args=["ky-thu"])


@pytest.fixture
def head(cast: Cast, browse: Browse) -> Client:
    return browse(cast.principal)


def offer(keys: TestKeys, **changed: object) -> str:
    key = keys.key_for(HEAD_ID)
    der = base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    return json.dumps({"certificate": der, "algorithm": key.algorithm, "fields": {}, **changed})


def test_the_device_and_the_page_sign_a_trial(head: Client, keys: TestKeys) -> None:
    asked = head.post(ROUND, offer(keys), content_type="application/json").json()
    [digest] = [base64.b64decode(each) for each in asked["digests"]]
    signature = base64.b64encode(keys.key_for(HEAD_ID).sign_digests([digest])[0]).decode()
    done = head.post(ROUND_DONE, {"signatures": [signature]}, content_type="application/json")
    assert done.json() == {"over": True, "next": reverse("school_onboarding:keys")}
    assert KeyTrial.objects.count() == 1
    assert "Ký thử được" in head.get(done.json()["next"]).content.decode()


def test_what_is_wrong_is_said(head: Client, keys: TestKeys) -> None:
    for body in (
        "[]",
        "{",
        '{"certificate": 5}',
        offer(keys, algorithm="MD5"),
        offer(keys, fields=[]),
        offer(keys, fields={"batch": "1"}),
        offer(keys, certificate=base64.b64encode(b"none").decode()),
    ):
        answered = head.post(ROUND, body, content_type="application/json")
        assert answered.status_code == 409, body
        assert answered.json()["sentence"]
    late = head.post(ROUND_DONE, {"signatures": []}, content_type="application/json")
    assert late.json()["code"] == "no_round"
    assert not PaperRound.objects.exists()


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_another_role_gets_a_page_that_says_why(
    name: str, cast: Cast, browse: Callable[[Actor], Client]
) -> None:
    page = browse(cast.administrator)
    for short in ("sign", "go_remote", "remote_sign_in", "remote_activate"):
        answered = page.post(reverse(f"school_paperwork:{short}", args=[name]))
        assert answered.status_code == 403, short
    for short in ("next_round", "complete_round"):
        answered = page.post(reverse(f"school_paperwork:{short}", args=[name]))
        assert (answered.status_code, answered.json()["code"]) == (403, "role"), short
    for short in ("remote", "remote_back"):
        assert page.get(reverse(f"school_paperwork:{short}", args=[name])).status_code == 403


def test_the_remote_page_without_a_wish_leads_back(head: Client) -> None:
    for short in ("remote", "remote_back"):
        answered = head.get(reverse(f"school_paperwork:{short}", args=["ky-thu"]), follow=True)
        assert answered.redirect_chain
        assert "Lượt ký không còn hiệu lực" in answered.content.decode()


def test_a_wish_waits_for_the_service(head: Client) -> None:
    answered = head.post(reverse("school_paperwork:go_remote", args=["ky-thu"]), follow=True)
    text = answered.content.decode()
    assert "Tên đăng nhập ở nhà cung cấp" in text
    assert PaperRound.objects.get().digests == []
