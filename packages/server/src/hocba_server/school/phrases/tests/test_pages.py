from __future__ import annotations

from django.test import Client

from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.services import add_phrase, propose_phrase, take_starter_set
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast

PAGE = "/truong/nhan-xet/"


def _text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_empty_bank_says_what_will_appear(cast: Cast, browse: Browse) -> None:
    assert "Bấm Lấy bộ mẫu" in _text(browse(cast.principal), PAGE)
    assert "sẽ hiện ở đây" in _text(browse(cast.homeroom), PAGE)


def test_who_writes_no_comments_is_told_why(cast: Cast, browse: Browse) -> None:
    for by in (cast.clerk, cast.registrar, cast.administrator):
        answer = browse(by).get(PAGE)
        assert answer.status_code == 403
        assert "Việc này dành cho" in answer.content.decode()


def test_filters_show_exactly_those_rows(cast: Cast, browse: Browse) -> None:
    take_starter_set(by=cast.principal, at=AT)
    add_phrase(by=cast.homeroom, at=AT, entry=entry("Câu riêng của tôi."))
    client = browse(cast.homeroom)
    for query, count in (
        ("", 325),
        ("?cua=rieng", 1),
        ("?cua=truong&mon=02&muc=C", 6),
        ("?mon=02&muc=T", 7),
        ("?q=crct", 1),
        ("?mon=khong-co&muc=Z", 325),
        ("?cua=de-xuat", 0),
    ):
        assert f"<strong>{count}</strong> câu" in _text(client, PAGE + query), query
    assert "Trang 7/7" in _text(client, f"{PAGE}?trang=7")
    assert "Bỏ bớt lựa chọn" in _text(client, f"{PAGE}?q=zzz")
    assert "Tiếng Việt" in _text(client, f"{PAGE}?q=%3Cscript%3E")
    assert "<script>alert" not in _text(client, f"{PAGE}?q=%3Cscript%3Ealert")


def test_a_phrase_is_added_and_edited_on_the_page(cast: Cast, browse: Browse) -> None:
    client = browse(cast.homeroom)
    typed = {"about": "02", "level": "Đ", "first_grade": "", "last_grade": "", "text": "Đọc rõ."}
    wrong = client.post(f"{PAGE}them/", typed)
    assert wrong.status_code == 400
    assert "không phải mức của Tiếng Việt" in wrong.content.decode()
    assert "Đọc rõ." in wrong.content.decode()
    typed["level"] = "T"
    assert "Đọc rõ." in client.post(f"{PAGE}them/", typed, follow=True).content.decode()
    twice = client.post(f"{PAGE}them/", typed)
    assert "Câu này đã có sẵn" in twice.content.decode()
    pk = Phrase.objects.get().pk
    assert "Đọc rõ." in _text(client, f"{PAGE}{pk}/sua/")
    done = client.post(f"{PAGE}{pk}/sua/", {**typed, "text": "<b>Đọc</b> hay."}, follow=True)
    assert "&lt;b&gt;Đọc&lt;/b&gt; hay." in done.content.decode()
    assert browse(cast.music).get(f"{PAGE}{pk}/sua/").status_code == 404


def test_a_teacher_cannot_slip_a_phrase_into_the_schools_bank(cast: Cast, browse: Browse) -> None:
    typed = {"about": "02", "level": "T", "text": "Đọc rõ.", "whose": "truong"}
    browse(cast.homeroom).post(f"{PAGE}them/", typed)
    assert Phrase.objects.get().owner
    browse(cast.principal).post(f"{PAGE}them/", typed)
    assert Phrase.objects.filter(owner="").count() == 1


def test_a_leader_decides_on_the_page(cast: Cast, browse: Browse) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    teacher, leader = browse(cast.homeroom), browse(cast.principal)
    asked = teacher.post(f"{PAGE}{pk}/de-xuat/", follow=True).content.decode()
    assert "Chờ lãnh đạo xem" in asked
    assert "Có 1 câu giáo viên đề xuất" in _text(leader, PAGE)
    listed = _text(leader, f"{PAGE}?cua=de-xuat")
    assert f"{PAGE}{pk}/nhan/" in listed
    assert f"{PAGE}{pk}/sua/" not in listed
    refused = teacher.post(f"{PAGE}{pk}/nhan/")
    assert refused.status_code == 403
    leader.post(f"{PAGE}{pk}/khong-nhan/")
    propose_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    done = leader.post(f"{PAGE}{pk}/nhan/", {"address": "mon=02"}, follow=True)
    assert done.redirect_chain == [(f"{PAGE}?mon=02", 302)]
    assert Phrase.objects.get(pk=pk).owner == ""


def test_pages_speak_english(cast: Cast, browse: Browse) -> None:
    take_starter_set(by=cast.principal, at=AT)
    client = browse(cast.principal)
    client.cookies["hocba_language"] = "en"
    page = _text(client, f"{PAGE}?mon=quality")
    for vietnamese in ("Ngân hàng nhận xét", "Thêm câu", "Dùng cho", "Xoá", "Nhà trường"):
        assert vietnamese not in page
    assert "Qualities" in page


def test_changes_need_a_press_of_a_button(cast: Cast, browse: Browse) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    client = browse(cast.homeroom)
    for action in ("xoa", "hoan-tac", "de-xuat", "nhan", "khong-nhan"):
        assert client.get(f"{PAGE}{pk}/{action}/").status_code == 405
    assert client.get(f"{PAGE}bo-mau/").status_code == 405
