"""The token service (annex 3, service 3.1): short-lived, hashed, in both APIs, revocable."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from hocba.packet.transactions import hash_password
from hocba_certworld.cast import Cast
from hocba_client import ApiProblem, BearerToken
from hocba_server.city.api.tests.calling import client, new_key, raw, registered_key
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.gateway.services import answer_request, open_account
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT, submission
from hocba_server.city.vendors.models import AccessToken, TokenOrigin
from hocba_server.city.vendors.services import set_terms
from hocba_server.city.vendors.tokens import PREFIX, issue_token, revoke_all_tokens
from hocba_server.web.audit.models import AuditEntry

SECRET = "mat-khau-cua-truong"


@pytest.fixture
def with_password(approved: str) -> str:
    digest = hash_password(SECRET)
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=approved, password_sha256=digest)
    return approved


def test_a_signed_request_gets_a_token_that_opens(school: str) -> None:
    token = client(registered_key(school)).token(school)
    assert token.token.startswith(PREFIX)
    assert token.expires_in == 30 * 60
    assert client(BearerToken(token.token)).certificates(school) == []
    kept = AccessToken.objects.get()
    assert token.token not in kept.sha256
    assert kept.origin == TokenOrigin.SIGNATURE
    assert AuditEntry.objects.using("city").filter(action="issue_token").count() == 1


def test_a_password_gets_one_and_a_wrong_one_does_not(with_password: str) -> None:
    assert client().token(with_password, SECRET).unit_code == with_password
    for name, secret in ((with_password, "sai"), ("khong-co", SECRET)):
        with pytest.raises(ApiProblem) as refused:
            client().token(name, secret)
        assert (refused.value.status, refused.value.code) == (401, "1001")


def test_an_account_without_password_gives_none(school: str) -> None:
    with pytest.raises(ApiProblem):
        client().token(school, "")


def test_a_key_gets_tokens_for_its_own_account_only(school: str) -> None:
    key = registered_key(school)
    with pytest.raises(ApiProblem):
        client(key).token("truong-khac")
    stranger, _ = new_key("nguoi-la")
    with pytest.raises(ApiProblem):
        client(stranger).token(school)


def test_it_ends_by_itself_and_by_its_bearer(school: str) -> None:
    token = client(registered_key(school)).token(school)
    assert raw(BearerToken(token.token)).delete("token").status_code == 204
    answer = raw(BearerToken(token.token)).get(f"units/{school}/certificates")
    assert (answer.status_code, answer.json()["code"]) == (401, "1002")
    account = GatewayAccount.objects.get(user_name=school)
    old = issue_token(account=account, origin=TokenOrigin.SIGNATURE, at=SENT)
    answer = raw(BearerToken(old.token)).get(f"units/{school}/certificates")
    assert answer.json()["code"] == "1002"


def test_the_administrator_ends_all_of_an_account(school: str) -> None:
    now = dt.datetime.now(dt.UTC)
    token = client(registered_key(school)).token(school)
    account = GatewayAccount.objects.get(user_name=school)
    assert revoke_all_tokens(by=ADMINISTRATOR, at=now, account=account) == 1
    with pytest.raises(ApiProblem):
        client(BearerToken(token.token)).certificates(school)


def with_token(sent: dict[str, Any], token: str) -> dict[str, Any]:
    return {**sent, "authenticationRequest": {**sent["authenticationRequest"], "token": token}}


def test_a_token_stands_for_the_password_in_transaction_1(
    with_password: str, cast: Cast, documents: list[bytes]
) -> None:
    account = GatewayAccount.objects.get(user_name=with_password)
    good = issue_token(account=account, origin=TokenOrigin.PASSWORD, at=SENT)
    sent = submission(documents[:1], cast.seal)
    assert answer_request(sent, at=SENT)["Error"] == "1001", "no password, no token"
    later = SENT + dt.timedelta(minutes=31)
    assert answer_request(with_token(sent, good.token), at=later)["Error"] == "1002"
    assert answer_request(with_token(sent, good.token), at=SENT)["Error"] == "0"


def test_what_other_software_writes_as_token_is_passed_over(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    sent = with_token(submission(documents[:1], cast.seal), "abc")
    assert answer_request(sent, at=SENT)["Error"] == "0"


def test_a_token_can_be_demanded_of_one_account_or_of_all(
    approved: str, cast: Cast, documents: list[bytes], settings: Any
) -> None:
    sent = submission(documents[:1], cast.seal)
    set_terms(
        by=ADMINISTRATOR,
        at=SENT,
        user_name=approved,
        token_required=True,
        requests_per_minute=None,
    )
    assert answer_request(sent, at=SENT)["Error"] == "1002"
    settings.API_TOKEN_REQUIRED = True
    set_terms(
        by=ADMINISTRATOR,
        at=SENT,
        user_name=approved,
        token_required=False,
        requests_per_minute=None,
    )
    assert answer_request(sent, at=SENT)["Error"] == "0"


def test_a_token_of_another_account_is_refused(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    other = GatewayAccount.objects.create(unit_code="00000999", user_name="khac", opened_at=SENT)
    token = issue_token(account=other, origin=TokenOrigin.SIGNATURE, at=SENT).token
    sent = submission(documents[:1], cast.seal)
    assert answer_request(with_token(sent, token), at=SENT)["Error"] == "1001"


def test_too_many_requests_get_a_clear_answer(school: str) -> None:
    key = registered_key(school)
    set_terms(
        by=ADMINISTRATOR,
        at=SENT,
        user_name=school,
        token_required=None,
        requests_per_minute=2,
    )
    answers = [raw(key).get(f"units/{school}/certificates") for _ in range(6)]
    last = next(answer for answer in answers if answer.status_code == 429)
    assert last.json()["code"] == "1004"
    assert 1 <= int(last.headers["Retry-After"]) <= 60


def test_packages_of_the_ministrys_form_are_counted_too(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    set_terms(
        by=ADMINISTRATOR,
        at=SENT,
        user_name=approved,
        token_required=None,
        requests_per_minute=1,
    )
    first = answer_request(submission(documents[:1], cast.seal), at=SENT)
    second = answer_request(submission(documents[1:2], cast.seal), at=SENT)
    assert (first["Error"], second["Error"]) == ("0", "1004")
    later = SENT + dt.timedelta(minutes=1)
    assert answer_request(submission(documents[1:2], cast.seal), at=later)["Error"] == "0"
