"""`oauth2/authorize`: the person decides (CSC API v2, 8.4; RFC 6749, 7636, 9126, 9396)."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from typing import Final
from urllib.parse import urlencode

from hocba_certworld.csc import protocol
from hocba_certworld.csc.credentials import activate
from hocba_certworld.csc.office import Activated, Code, Form, Office
from hocba_certworld.csc.page import COOKIE, confirm_page, fault_page, sign_in_page
from hocba_certworld.csc.people import CscClient, CscCredential, CscUser
from hocba_certworld.csc.protocol import (
    SHA256,
    Answered,
    Asked,
    CscError,
    Json,
    answer_json,
)
from hocba_certworld.csc.tokens import authenticated

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}\Z")
PUSHED_SECONDS: Final = 90


def show(office: Office, asked: Asked) -> Answered:
    """GET `oauth2/authorize`: check the request and show the page."""
    try:
        parameters = _pulled(office, protocol.once(asked.query))
        client = _known_client(office, parameters)
    except CscError as fault:
        return fault_page(fault.description)
    try:
        _check_request(office, parameters)
    except CscError as fault:
        return _back(parameters, {"error": fault.error, "error_description": fault.description})
    credential = _credential(office, parameters)
    if credential is not None and credential[1].otp:
        office.send_otp(*credential)
    return _shown(office, client, parameters)


def decide(office: Office, asked: Asked) -> Answered:
    """POST `oauth2/authorize`: what the person answered on the page."""
    try:
        sent = protocol.read_form(asked)
        form = _form(office, asked, sent)
    except CscError as fault:
        return fault_page(fault.description)
    client = office.clients[form.parameters["client_id"]]
    if sent.get("decision") != "allow":
        return _back(form.parameters, {"error": "access_denied"})
    found = _credential(office, form.parameters)
    try:
        if found is None:
            user_id, activated = _signed_in(office, sent), None
        else:
            user_id = found[0].user_id
            activated = _activated(office, found[1], form.parameters)
            office.check_factors(found[1], sent.get("pin", ""), sent.get("otp", ""))
    except CscError as fault:
        return _shown(office, client, form.parameters, _spoken(fault))
    code = secrets.token_urlsafe(24)
    expires = office.now() + office.lifetimes.code
    office.codes[code] = Code(form.parameters, user_id, activated, expires)
    return _back(form.parameters, {"code": code})


def push(office: Office, asked: Asked) -> Answered:
    """`oauth2/pushed_authorize` (RFC 9126)."""
    parameters = protocol.read_form(asked)
    client = authenticated(office, asked, parameters)
    parameters.pop("client_secret", None)
    parameters["client_id"] = client.client_id
    if "request_uri" in parameters:
        raise CscError("Invalid parameter request_uri")
    _known_client(office, parameters)
    _check_request(office, parameters)
    reference = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
    office.pushed[reference] = (parameters, office.now() + office.lifetimes.code)
    return answer_json({"request_uri": reference, "expires_in": PUSHED_SECONDS}, 201)


def _pulled(office: Office, parameters: dict[str, str]) -> dict[str, str]:
    """The parameters that were pushed before, once; others stay as they are."""
    reference = parameters.get("request_uri")
    if reference is None:
        return parameters
    pushed, until = office.pushed.pop(reference, ({}, office.now()))
    if office.now() >= until or set(parameters) != {"client_id", "request_uri"}:
        raise CscError("Invalid parameter request_uri")
    if pushed.get("client_id") != parameters["client_id"]:
        raise CscError("Invalid parameter request_uri")
    return pushed


def _known_client(office: Office, parameters: dict[str, str]) -> CscClient:
    client = office.clients.get(parameters.get("client_id", ""))
    if client is None:
        raise CscError("Invalid parameter client_id")
    if parameters.get("redirect_uri") not in client.redirect_uris:
        raise CscError("Invalid parameter redirect_uri")
    return client


def _check_request(office: Office, parameters: dict[str, str]) -> None:
    if parameters.get("response_type") != "code":
        raise CscError("Invalid parameter response_type", "unsupported_response_type")
    if not _CHALLENGE.match(parameters.get("code_challenge", "")):
        raise CscError("Invalid parameter code_challenge")
    if parameters.get("code_challenge_method") != "S256":
        raise CscError("Invalid parameter code_challenge_method")
    if parameters.get("scope", "service") not in {"service", "credential"}:
        raise CscError("Invalid parameter scope", "invalid_scope")
    if len(parameters.get("description", "")) > 500:
        raise CscError("Invalid parameter description")
    found = _credential(office, parameters)
    if found is not None:
        if found[1].mode != "oauth2code":
            raise CscError("The credential is authorised with credentials/authorize")
        office.refuse_unusable(found[1])
        _activated(office, found[1], parameters)


def _credential(office: Office, parameters: dict[str, str]) -> tuple[CscUser, CscCredential] | None:
    """The credential to be authorised and its owner; None for scope `service`."""
    if "authorization_details" in parameters:
        if "scope" in parameters:
            raise CscError("scope and authorization_details exclude each other")
        credential_id = str(_detail(parameters).get("credentialID"))
    elif parameters.get("scope") == "credential":
        credential_id = parameters.get("credentialID", "")
    else:
        return None
    owner = office.people.owner(credential_id)
    found = owner.credential(credential_id) if owner else None
    if owner is None or found is None:
        raise CscError("Invalid parameter credentialID")
    return owner, found


def _detail(parameters: dict[str, str]) -> Json:
    try:
        read = json.loads(parameters["authorization_details"])
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, list) or len(read) != 1 or not isinstance(read[0], dict):
        raise CscError("Invalid parameter authorization_details")
    if read[0].get("type") != "credential":
        raise CscError("Invalid parameter authorization_details")
    return dict(read[0])


def _activated(office: Office, credential: CscCredential, parameters: dict[str, str]) -> Activated:
    if "authorization_details" in parameters:
        detail = _detail(parameters)
        entries = detail.get("documentDigests")
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise CscError("Invalid parameter documentDigests")
        source: Json = {"hashes": [one.get("hash") for one in entries]}
        digests = protocol.hashes(source, required=True)
        protocol.sha256_named(detail, required=True)
        count = len(digests)
    else:
        written = parameters.get("numSignatures", "")
        if not re.fullmatch(r"[1-9][0-9]{0,6}", written):
            raise CscError("Invalid value for parameter numSignatures")
        count = int(written)
        digests = _url_hashes(parameters.get("hashes", ""), required=credential.scal == "2")
        if digests and parameters.get("hashAlgorithmOID") != SHA256:
            raise CscError("Invalid parameter hashAlgorithmOID")
    activated = activate(office, credential, count, digests)
    activated.one_call = False
    return activated


def _url_hashes(written: str, *, required: bool) -> tuple[bytes, ...]:
    """Digests in base64url, with or without padding, parted by commas."""
    if not written:
        if required:
            raise CscError("Missing parameter hashes")
        return ()
    digests = []
    for one in written.split(","):
        if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", one):
            raise CscError("Invalid Base64 hash string parameter")
        try:
            bare = one.rstrip("=")
            digest = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
        except binascii.Error:
            raise CscError("Invalid Base64 hash string parameter") from None
        digests.append(protocol.sized(digest))
    return tuple(digests)


def _shown(
    office: Office, client: CscClient, parameters: dict[str, str], fault: str = ""
) -> Answered:
    value, cookie = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    office.forms[value] = Form(cookie, parameters, office.now() + office.lifetimes.form)
    target = parameters["redirect_uri"]
    found = _credential(office, parameters)
    if found is None:
        return sign_in_page(client.name, value, cookie, target, fault)
    count = _activated(office, found[1], parameters).remaining
    description = parameters.get("description", "")
    return confirm_page(client.name, found[1], count, description, value, cookie, target, fault)


def _form(office: Office, asked: Asked, sent: dict[str, str]) -> Form:
    """The page that is sent back: ours, shown to this browser, not too old, for the first time."""
    form = office.forms.pop(sent.get("form", ""), None)
    cookies = {
        part.strip().partition("=")[0]: part.strip().partition("=")[2]
        for part in asked.headers.get("cookie", "").split(";")
    }
    if form is None or office.now() >= form.expires:
        raise CscError("The form is not valid any more")
    if not secrets.compare_digest(cookies.get(COOKIE, "").encode(), form.cookie.encode()):
        raise CscError("The form is not valid any more")
    return form


def _signed_in(office: Office, sent: dict[str, str]) -> str:
    user = office.people.user(sent.get("user_id", ""))
    expected = user.password if user else secrets.token_urlsafe(8)
    if not secrets.compare_digest(sent.get("password", "").encode(), expected.encode()):
        raise CscError("Wrong user name or password", "authentication_error")
    assert user is not None  # noqa: S101 - nobody else has a password
    return user.user_id


def _spoken(fault: CscError) -> str:
    if "locked" in fault.description:
        return "Khoá ký đã bị khoá vì nhập sai nhiều lần (locked)."
    return "Thông tin xác nhận không đúng, xin nhập lại (wrong entry)."


def _back(parameters: dict[str, str], result: dict[str, str]) -> Answered:
    if "state" in parameters:
        result["state"] = parameters["state"]
    target = parameters["redirect_uri"]
    join = "&" if "?" in target else "?"
    headers = {"Location": f"{target}{join}{urlencode(result)}", "Cache-Control": "no-store"}
    return Answered(302, headers | {"Referrer-Policy": "no-referrer"})
