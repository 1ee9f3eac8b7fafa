"""`oauth2/token` and `oauth2/revoke` (CSC API v2, 8.4.4 and 8.4.5; RFC 6749, 7636, 7009)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from typing import Final

from hocba_certworld.csc import protocol
from hocba_certworld.csc.office import Office, Token
from hocba_certworld.csc.people import CscClient
from hocba_certworld.csc.protocol import (
    Answered,
    Asked,
    CscError,
    Json,
    answer_json,
    answer_nothing,
)

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}\Z")


def token(office: Office, asked: Asked) -> Answered:
    """`oauth2/token`."""
    form = protocol.read_form(asked)
    if not form.get("grant_type"):
        raise CscError("Missing parameter grant_type")
    client = authenticated(office, asked, form)
    if form["grant_type"] == "authorization_code":
        return answer_json(_by_code(office, client, form))
    if form["grant_type"] == "refresh_token":
        return answer_json(_by_refresh(office, client, form))
    if form["grant_type"] == "client_credentials":
        if form.get("scope", "service") != "service":
            raise CscError("The scope has to be service", "invalid_scope")
        return answer_json(office.issue_service(client.client_id, "", refresh=False))
    raise CscError("Invalid parameter grant_type")


def revoke(office: Office, asked: Asked) -> Answered:
    """`oauth2/revoke` (RFC 7009): an unknown token is no error."""
    form = protocol.read_form(asked)
    client = authenticated(office, asked, form)
    found = office.tokens.get(form.get("token", ""))
    if found is not None and found.client_id == client.client_id:
        del office.tokens[form["token"]]
    return answer_nothing()


def authenticated(office: Office, asked: Asked, form: dict[str, str]) -> CscClient:
    """The client, by its secret in the form or in the Authorization header."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    header = asked.headers.get("authorization", "")
    if header:
        if secret:
            raise CscError("Client authentication given twice")
        client_id, secret = basic(header)
    if not client_id:
        raise CscError("Missing parameter client_id")
    client = office.clients.get(client_id)
    if client is None:
        raise CscError("Invalid parameter client_id")
    if not secret:
        raise CscError("Client authorization required")
    if not secrets.compare_digest(secret.encode(), client.secret.encode()):
        raise CscError("Invalid parameter client_secret")
    return client


def basic(header: str) -> tuple[str, str]:
    """Name and password of HTTP Basic (RFC 7617)."""
    scheme, _, value = header.partition(" ")
    if scheme != "Basic":
        raise CscError("Malformed authentication parameter", status=401)
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise CscError("Malformed username-password") from None
    if not colon:
        raise CscError("Malformed username-password")
    return name, password


def _by_code(office: Office, client: CscClient, form: dict[str, str]) -> Json:
    if not form.get("code"):
        raise CscError("Missing parameter code")
    code = office.codes.pop(form["code"], None)
    if code is None or code.parameters["client_id"] != client.client_id:
        raise CscError("Invalid parameter code", "invalid_grant")
    if office.now() >= code.expires:
        raise CscError("Authorization code is invalid or expired", "invalid_grant")
    if form.get("redirect_uri") != code.parameters["redirect_uri"]:
        raise CscError("redirect_uri parameter does not match", "invalid_grant")
    verifier = form.get("code_verifier", "")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    if not _VERIFIER.match(verifier) or not secrets.compare_digest(
        challenge.decode().rstrip("="), code.parameters["code_challenge"]
    ):
        raise CscError("Invalid parameter code_verifier", "invalid_grant")
    details = code.parameters.get("authorization_details")
    if form.get("authorization_details") != details:
        raise CscError("Invalid parameter authorization_details")
    if code.activated is None:
        return office.issue_service(client.client_id, code.user_id, refresh=True)
    expires = code.activated.expires
    fresh = Token("credential", client.client_id, code.user_id, expires, code.activated)
    content: Json = {
        "access_token": office.issue(fresh),
        "token_type": "Bearer",
        "expires_in": int((expires - office.now()).total_seconds()),
    }
    if details is not None:
        content["authorization_details"] = json.loads(details)
    return content


def _by_refresh(office: Office, client: CscClient, form: dict[str, str]) -> Json:
    if not form.get("refresh_token"):
        raise CscError("Missing parameter refresh_token")
    old = office.tokens.get(form["refresh_token"])
    if old is None or old.scope != "refresh" or old.client_id != client.client_id:
        raise CscError("Invalid parameter refresh_token", "invalid_grant")
    if office.now() >= old.expires:
        raise CscError("Refresh token expired", "invalid_grant")
    return office.issue_service(client.client_id, old.user_id, refresh=False)
