"""Words and looks of the agent's own pages: Vietnamese first, English second. Pure.

Everything that comes from a page or a token goes through `html.escape`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from hocba_agent import VERSION
from hocba_agent.pairing import Pairing, PairingRequest
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SigningSession, State
from hocba_agent.tokens import PIN_STATES

STYLE: Final = Path(__file__).with_name("style.css").read_text("utf-8")


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} · Phần mềm ký Học bạ số</title><link rel="stylesheet" '
        f'href="/style.css"></head><body><main><p class="who">Phần mềm ký Học bạ số {VERSION}, '
        'chạy trên máy này<span lang="en">Học bạ số signing agent, on this computer</span></p>'
        f"<h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _notice(kind: str, vi: str, en: str) -> str:
    role = ' role="alert"' if kind == "bad" else ""
    return f'<p class="notice {kind}"{role}>{escape(vi)}<span lang="en">{escape(en)}</span></p>'


def _facts(*rows: tuple[str, str, str]) -> str:
    cells = "".join(
        f'<dt>{escape(vi)}<span lang="en">{escape(en)}</span></dt><dd>{escape(value)}</dd>'
        for vi, en, value in rows
    )
    return f"<dl>{cells}</dl>"


def _both(vi: str, en: str) -> str:
    return f'<p>{escape(vi)}<span lang="en">{escape(en)}</span></p>'


def start() -> str:
    """The page at the root: says nothing about the person."""
    return _page(
        "Phần mềm ký đang chạy",
        _both(
            "Trang này tự mở khi có trang học bạ cần ghép nối hoặc cần ký. Danh sách trang đã ghép "
            "nối mở từ địa chỉ ghi trong cửa sổ lệnh của phần mềm ký.",
            "A page opens by itself when something is to be paired or signed. The list of paired "
            "pages opens from the address in the agent's terminal.",
        ),
    )


def refused(refusal: Refusal) -> str:
    """Something was not possible."""
    return _page("Chưa thực hiện được", _notice("bad", refusal.vi, refusal.en))


def pairing(request: PairingRequest) -> str:
    """The code, and who asks for it."""
    code = f"{request.code[:3]} {request.code[3:]}"
    return _page(
        "Ghép nối với trang học bạ?",
        _facts(("Trang xin ghép nối", "Page that asks", request.origin))
        + _both(
            "Nếu đúng là trang học bạ Thầy/Cô đang dùng, hãy gõ mã này vào trang đó hoặc bấm "
            "Đồng ý. Mã dùng được trong 2 phút. Không đọc mã cho người khác.",
            "If this is the page that you use, type this code there or press Agree. The code lasts "
            "2 minutes. Tell it to nobody.",
        )
        + f'<p class="code">{escape(code)}</p>'
        '<form method="post"><div class="actions">'
        '<button class="first" name="answer" value="yes">Đồng ý ghép nối (Agree)</button>'
        '<button name="answer" value="no">Từ chối (Refuse)</button></div></form>',
    )


def pairing_answered(request: PairingRequest) -> str:
    """After the person's answer."""
    if request.answer:
        notice = _notice(
            "good",
            "Đã ghép nối. Thầy/Cô đóng thẻ này và quay lại trang học bạ.",
            "Paired. Close this tab and go back to the page.",
        )
    else:
        notice = _notice("wait", "Đã từ chối ghép nối.", "You refused to pair.")
    title = "Đã ghép nối" if request.answer else "Không ghép nối"
    return _page(title, _facts(("Trang", "Page", request.origin)) + notice)


def _what(session: SigningSession) -> str:
    return _facts(
        ("Trang xin ký", "Page that asks", session.origin),
        ("Việc ký (do trang đó ghi)", "Purpose (as that page states it)", session.purpose),
        ("Số chữ ký tối đa", "Signatures at most", str(session.count)),
        ("Chứng thư số", "Certificate", session.certificate.owner or session.certificate.label),
        ("Thiết bị ký", "Token", session.certificate.token.label),
    )


def pin(session: SigningSession, state: str, refusal: Refusal | None) -> str:
    """What will be signed, then the PIN."""
    notices = "" if refusal is None else _notice("bad", refusal.vi, refusal.en)
    if state in PIN_STATES and (refusal is None or state == "final"):
        notices += _notice("wait", *PIN_STATES[state])
    field = (
        '<label for="pin">Mã PIN của thiết bị ký<span lang="en">PIN of the token</span></label>'
        '<input id="pin" name="pin" type="password" autocomplete="off" autofocus required '
        'maxlength="255" spellcheck="false">'
    )
    if state == "pad":
        field = _both(
            "Sau khi bấm Ký, nhập mã PIN trên bàn phím của thiết bị.",
            "After pressing Sign, enter the PIN on the token's own keys.",
        )
    return _page(
        "Xác nhận ký",
        notices + _what(session) + f'<form method="post" action="/pin/{session.nonce}">{field}'
        '<div class="actions"><button class="first" name="answer" value="sign">Ký (Sign)</button>'
        '<button name="answer" value="refuse" formnovalidate>Không ký (Refuse)</button>'
        "</div></form>"
        + _both(
            "Mã PIN chỉ đi vào thiết bị ký trên máy này, không gửi đến trang học bạ. Không nhập mã "
            "PIN ở nơi nào khác.",
            "The PIN goes to the token on this computer only, never to the page. Enter it nowhere "
            "else.",
        ),
    )


def session_opened(session: SigningSession, minutes: int) -> str:
    """The PIN was right."""
    return _page(
        "Đang ký",
        _notice(
            "good",
            f"Đã mở phiên ký. Thầy/Cô đóng thẻ này và quay lại trang học bạ. Phiên tự đóng khi ký "
            f"đủ {session.count} chữ ký, sau {minutes} phút, hoặc khi rút thiết bị.",
            f"The session is open. Close this tab and go back to the page. It ends after "
            f"{session.count} signatures, after {minutes} minutes, or when the token is removed.",
        )
        + _what(session),
    )


def session_ended(session: SigningSession) -> str:
    """The person refused."""
    notice = _notice("wait", "Không ký. Chưa có gì được ký.", "Refused. Nothing was signed.")
    return _page("Không ký", notice + _what(session))


def window(
    key: str, pairings: Sequence[Pairing], live: Sequence[tuple[SigningSession, int]]
) -> str:
    """What is paired and what is being signed; both can be ended here."""
    sessions = "".join(_live(key, row, seconds) for row, seconds in live)
    pages = "".join(
        f"<li><strong>{escape(row.origin)}</strong><br>Ghép nối ngày "
        f"{row.paired_at:%d/%m/%Y}"
        + _button(key, "remove", row.id, row.origin, "Gỡ ghép nối (Remove)")
        + "</li>"
        for row in pairings
    )
    return _page(
        "Cửa sổ phần mềm ký",
        '<h2>Phiên ký <span lang="en">Signing sessions</span></h2>'
        + (f"<ul>{sessions}</ul>" if sessions else _both("Không có phiên nào.", "None."))
        + '<h2>Trang đã ghép nối <span lang="en">Paired pages</span></h2>'
        + (
            f"<ul>{pages}</ul>"
            if pages
            else _both(
                "Chưa có trang nào. Ghép nối bắt đầu từ trang học bạ, mục ký bằng thiết bị.",
                "None yet. Pairing starts on the page where you sign.",
            )
        ),
    )


def _live(key: str, session: SigningSession, seconds: int) -> str:
    if session.state is State.WAITING:
        state = f'<a href="/pin/{session.nonce}">Chờ nhập mã PIN</a>'
    else:
        state = f"Đang ký {session.signed}/{session.count}, còn {seconds // 60 + 1} phút"
    return (
        f"<li><strong>{escape(session.purpose)}</strong><br>{escape(session.origin)}<br>{state}"
        + _button(key, "close", session.id, session.purpose, "Đóng phiên (Close)")
        + "</li>"
    )


def _button(key: str, name: str, value: str, what: str, text: str) -> str:
    return (
        f'<form method="post" action="/window/{key}"><div class="actions"><button name="{name}" '
        f'value="{escape(value)}" aria-label="{escape(text)}: {escape(what)}">'
        f"{escape(text)}</button></div></form>"
    )
