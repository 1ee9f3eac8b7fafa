"""The agent's own pages: forms from nowhere else, no script, nothing unescaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from agent_world import HOST, OTHER, OWN, PAGE, PIN, World

from hocba_agent.messages import Answer
from hocba_agent.pages import PAGE_HEADERS

FORM = "application/x-www-form-urlencoded"


def get(world: World, path: str, origins: tuple[str, ...] = ()) -> Answer:
    return world.raw("GET", path, origins=origins, content_type="")


def post(world: World, path: str, origins: tuple[str, ...] = (OWN,), **form: str) -> Answer:
    return world.raw("POST", path, urlencode(form).encode(), origins=origins, content_type=FORM)


def pin_page(world: World, count: int = 45) -> str:
    world.ask(world.pair(), count)
    return f"/pin/{world.window.sessions[-1].nonce}"


def test_the_pin_page_says_who_asks_for_what_before_the_pin(world: World) -> None:
    answer = get(world, pin_page(world))
    text = answer.body.decode()
    assert answer.status == 200
    for shown in (PAGE, "Ký 45 học bạ lớp 4A1", ">45<", "Trần Thị Thử DEMO", "Token A"):
        assert shown in text
        assert text.index(shown) < text.index("<input")


def test_the_right_pin_opens_and_shows_no_pin(world: World) -> None:
    answer = post(world, pin_page(world), answer="sign", pin=PIN)
    assert answer.status == 200
    assert "Đã mở phiên ký" in answer.body.decode()
    assert PIN not in answer.body.decode()
    assert len(world.token.keys) == 1


def test_a_wrong_pin_gives_the_form_again_under_another_name(world: World) -> None:
    path = pin_page(world)
    answer = post(world, path, answer="sign", pin="999999")
    text = answer.body.decode()
    again = re.search(r'action="(/pin/[^"]+)"', text)
    assert answer.status == 403
    assert again is not None
    assert again[1] != path
    assert "999999" not in text
    assert post(world, path, answer="sign", pin=PIN).status == 410
    assert post(world, again[1], answer="sign", pin=PIN).status == 200


def test_the_last_try_is_announced_before_the_pin(world: World) -> None:
    world.token.tries = 1
    assert "Chỉ còn 1 lần nhập" in get(world, pin_page(world)).body.decode()


def test_a_locked_token_is_said_to_be_locked(world: World) -> None:
    path = pin_page(world)
    world.token.tries = 1
    answer = post(world, path, answer="sign", pin="999999")
    assert answer.status == 423
    assert "đã bị khoá" in answer.body.decode()


def test_refusing_signs_nothing(world: World) -> None:
    path = pin_page(world)
    answer = post(world, path, answer="refuse", pin=PIN)
    assert "Không ký" in answer.body.decode()
    assert world.token.keys == []
    assert get(world, path).status == 410


@pytest.mark.parametrize("origins", [(), (PAGE,), (OTHER,), ("null",), (OWN, OWN)])
def test_no_other_page_fills_in_the_form(world: World, origins: tuple[str, ...]) -> None:
    path = pin_page(world)
    assert post(world, path, origins=origins, answer="sign", pin=PIN).status == 403
    assert world.token.keys == []


@pytest.mark.parametrize("origins", [(PAGE,), (OTHER,), ("null",)])
def test_no_other_page_reads_the_pages(world: World, origins: tuple[str, ...]) -> None:
    for path in ("/", pin_page(world), "/style.css", f"/window/{world.agent.window_key}"):
        answer = get(world, path, origins)
        assert answer.status == 403
        assert "Access-Control-Allow-Origin" not in dict(answer.headers)


def test_a_rebound_name_reaches_no_page(world: World) -> None:
    path = pin_page(world)
    answer = world.raw("GET", path, origins=(), hosts=("la.example:14500",))
    assert answer.status == 403
    assert b"4A1" not in answer.body


def test_the_root_says_nothing_about_the_person(world: World) -> None:
    world.opened(world.pair())
    text = get(world, "/").body.decode()
    assert PAGE not in text
    assert world.agent.window_key not in text


@pytest.mark.parametrize("path", ["/window/", "/window/x", "/pin/x", "/pair/x", "/x", "/pin", "//"])
def test_guessed_names_lead_nowhere(world: World, path: str) -> None:
    assert get(world, path).status in {404, 410}
    assert post(world, path, answer="yes").status in {404, 410}


def test_the_window_lists_and_removes(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    path = f"/window/{world.agent.window_key}"
    text = get(world, path).body.decode()
    assert PAGE in text
    assert "Ký 45 học bạ lớp 4A1" in text
    assert "28/05/2026" in text
    assert post(world, path, close=session).status == 303
    assert world.token.keys[0].closed
    assert post(world, path, remove=world.store.rows[0].id).status == 303
    assert world.store.rows == []
    assert "Chưa có trang nào" in get(world, path).body.decode()


def test_every_page_is_strict(world: World) -> None:
    for path in ("/", pin_page(world), "/style.css", "/nowhere"):
        answer = get(world, path)
        headers = dict(answer.headers)
        assert set(PAGE_HEADERS) <= set(answer.headers)
        assert "script" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert b"<script" not in answer.body
        assert b"style=" not in answer.body


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.names.append(tag)


def test_what_a_page_writes_is_text(world: World) -> None:
    token = world.pair()
    nasty = '"><img src=x onerror=a><script>'
    body = {"certificate": world.token.certificate.sha256, "purpose": nasty, "count": 1}
    assert world.call("POST", "/v1/sessions", body, token=token).status == 201
    for path in (
        f"/pin/{world.window.sessions[-1].nonce}",
        f"/window/{world.agent.window_key}",
    ):
        tags = _Tags()
        tags.feed(get(world, path).body.decode())
        assert not {"img", "script"} & set(tags.names)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"answer=sign&pin=1", "application/json", 415),
        (b"answer=sign&pin=1", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe", FORM, 400),
        (b"&".join(b"a%d=1" % number for number in range(9)), FORM, 400),
        (b"answer=sign&pin=%FF", FORM, 400),
        (b"answer=sign&pin=%00", FORM, 400),
        (b"answer=sign&pin=" + b"1" * 300, FORM, 400),
        (b"answer=sign&pin=" + b"1" * 5000, FORM, 413),
    ],
)
def test_unreadable_forms(world: World, body: bytes, content_type: str, status: int) -> None:
    path = pin_page(world)
    answer = world.raw("POST", path, body, origins=(OWN,), content_type=content_type)
    assert answer.status == status
    assert world.token.keys == []


def test_the_pairing_page_shows_the_page_and_the_code(world: World) -> None:
    world.call("POST", "/v1/pair", {"origin": PAGE})
    request = world.window.pairings[0]
    text = get(world, f"/pair/{request.nonce}").body.decode()
    assert PAGE in text
    assert f"{request.code[:3]} {request.code[3:]}" in text
    assert post(world, f"/pair/{request.nonce}", answer="no").status == 200
    assert post(world, f"/pair/{request.nonce}", answer="yes").status == 410
    assert HOST not in text
