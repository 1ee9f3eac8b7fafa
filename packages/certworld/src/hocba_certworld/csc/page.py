"""The pages of the authorization server. No script, no style, no foreign content."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import urlsplit

from hocba_certworld.csc.people import CscCredential
from hocba_certworld.csc.protocol import Answered

COOKIE: Final = "csc_form"
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def sign_in_page(client: str, token: str, cookie: str, target: str, fault: str = "") -> Answered:
    """Ask for name and password (scope `service`)."""
    fields = _field("user_id", "Tên đăng nhập (User name)", "text", "username") + _field(
        "password", "Mật khẩu (Password)", "password", "current-password"
    )
    lead = f"{escape(client)} xin dùng dịch vụ ký số thay Thầy/Cô."
    return _form("Đăng nhập dịch vụ ký số DEMO", lead, fields, token, cookie, target, fault)


def confirm_page(
    client: str,
    credential: CscCredential,
    count: int,
    description: str,
    token: str,
    cookie: str,
    target: str,
    fault: str = "",
) -> Answered:
    """Ask for PIN and OTP (scope `credential`)."""
    fields = _field("pin", "Mã PIN (PIN)", "password", "off")
    if credential.otp:
        fields += _field("otp", "Mã OTP gửi đến điện thoại (OTP)", "text", "one-time-code")
    subject = credential.key.certificate.subject.rfc4514_string()
    lead = f"{escape(client)} xin <strong>{count}</strong> chữ ký của {escape(subject)}." + (
        f" {escape(description)}" if description else ""
    )
    return _form("Xác nhận ký số DEMO", lead, fields, token, cookie, target, fault)


def fault_page(what: str) -> Answered:
    """What is said where sending the person back would be unsafe."""
    body = f"<h1>Yêu cầu không hợp lệ (invalid request)</h1><p>{escape(what)}</p>"
    return _page(400, "Yêu cầu không hợp lệ", body, "'none'", {})


def _field(name: str, label: str, kind: str, completion: str) -> str:
    return (
        f'<p><label for="{name}">{label}</label><br>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{completion}"></p>'
    )


def _form(
    title: str, lead: str, fields: str, token: str, cookie: str, target: str, fault: str
) -> Answered:
    alert = f'<p role="alert">{escape(fault)}</p>' if fault else ""
    body = (
        f"<h1>{title}</h1><p>{lead}</p>{alert}"
        f'<form method="post" action="authorize"><input type="hidden" name="form" value="{token}">'
        f'{fields}<p><button name="decision" value="allow">Đồng ý (Allow)</button> '
        '<button name="decision" value="deny">Từ chối (Deny)</button></p></form>'
    )
    parts = urlsplit(target)
    # A browser holds the way back against form-action too.
    allowed = f"'self' {parts.scheme}://{parts.netloc}"
    kept = f"{COOKIE}={cookie}; HttpOnly; SameSite=Strict; Path=/csc/v2/oauth2/"
    return _page(200, title, body, allowed, {"Set-Cookie": kept})


def _page(
    status: int, title: str, body: str, form_action: str, headers: dict[str, str]
) -> Answered:
    policy = (
        f"default-src 'none'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    )
    html = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body><main>{body}</main></body></html>"
    )
    return Answered(status, _HEADERS | {"Content-Security-Policy": policy} | headers, html.encode())
