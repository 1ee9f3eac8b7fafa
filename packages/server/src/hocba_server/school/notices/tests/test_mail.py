from __future__ import annotations

import smtplib
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from hocba.errors import Unavailable
from hocba_server.config.mail import mail_settings
from hocba_server.school.notices import tasks
from hocba_server.school.notices.mailing import mail_text, send_daily, send_notice
from hocba_server.school.notices.models import Notice, NoticePreference
from hocba_server.school.notices.services import mark_all_read, set_preference
from hocba_server.school.notices.tests.test_notify import tell
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, MUSIC_ID, NAMES, Cast, FixedClock

CLOCK = FixedClock()


def _wants(cast: Cast, rhythm: str, email: str = "mau@truong.test") -> None:
    for by in (cast.homeroom, cast.music):
        set_preference(by=by, at=AT, email=email, kinds=["returned"], rhythm=rhythm)


def test_one_mail_per_notice_however_often_the_job_runs(cast: Cast) -> None:
    _wants(cast, "at_once")
    (notice_id,) = tell(cast, HOMEROOM_ID)
    for _ in range(3):
        send_notice(notice_id, clock=CLOCK)
    (message,) = mail.outbox
    assert message.to == ["mau@truong.test"]
    assert message.subject == "Thầy/Cô có việc mới trên Học bạ số"
    assert f"/truong/lop/{cast.classroom_id}/kiem-tra/" in message.body
    assert "Lớp: 1A1" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{notice_id}@")
    assert Notice.objects.get().emailed_at == AT


def test_a_mail_says_nothing_about_pupils(cast: Cast) -> None:
    _wants(cast, "at_once")
    (notice_id,) = tell(cast, HOMEROOM_ID)
    Notice.objects.update(title_vi=f"Học bạ của {NAMES[0]}", text_vi=f"{NAMES[0]} thiếu điểm")
    send_notice(notice_id, clock=CLOCK)
    whole = mail.outbox[0].message().as_string() + mail.outbox[0].body
    assert not any(name in whole for name in NAMES)
    assert "thiếu điểm" not in whole


def test_nothing_is_sent_without_a_wish_or_an_address(cast: Cast) -> None:
    (silent,) = tell(cast, HOMEROOM_ID)
    send_notice(silent, clock=CLOCK)
    send_notice(999_999, clock=CLOCK)
    _wants(cast, "at_once")
    (late,) = tell(cast, HOMEROOM_ID)
    NoticePreference.objects.update(email="")
    send_notice(late, clock=CLOCK)
    assert mail.outbox == []
    assert Notice.objects.get(pk=late).emailed_at is None


def test_a_server_that_is_away_is_asked_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _wants(cast, "at_once")
    (notice_id,) = tell(cast, HOMEROOM_ID)
    send = EmailMessage.send

    def away(self: EmailMessage, fail_silently: bool = False) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)
    with pytest.raises(Unavailable):
        send_notice(notice_id, clock=CLOCK)
    assert Notice.objects.get().emailed_at is None
    monkeypatch.setattr(EmailMessage, "send", send)
    send_notice(notice_id, clock=CLOCK)
    assert len(mail.outbox) == 1
    assert tasks.PATIENCE.retry_exceptions == [Unavailable]
    assert tasks.mail.retry_strategy is tasks.PATIENCE


def test_a_refused_address_is_not_asked_again_until_it_is_corrected(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wants(cast, "at_once")
    first, second = tell(cast, HOMEROOM_ID) + tell(cast, HOMEROOM_ID)
    asked = []

    def refused(self: EmailMessage, fail_silently: bool = False) -> int:
        asked.append(self.to)
        raise smtplib.SMTPRecipientsRefused({"mau@truong.test": (550, b"unknown")})

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refused)
        send_notice(first, clock=CLOCK)
        send_notice(second, clock=CLOCK)
    assert len(asked) == 1
    assert NoticePreference.objects.get(person=HOMEROOM_ID).refused_at == AT
    _wants(cast, "at_once", email="dung@truong.test")
    send_notice(second, clock=CLOCK)
    assert [message.to for message in mail.outbox] == [["dung@truong.test"]]


def test_one_mail_a_day_for_what_is_unread(cast: Cast) -> None:
    _wants(cast, "daily")
    for number in range(3):
        tell(cast, HOMEROOM_ID, class_name=f"1A{number % 2 + 1}")
    tell(cast, MUSIC_ID)
    mark_all_read(by=cast.music, at=AT)
    assert send_daily(clock=CLOCK) == 1
    assert send_daily(clock=CLOCK) == 0
    (message,) = mail.outbox
    assert "Thầy/Cô có 3 việc mới" in message.body
    assert "Lớp: 1A1, 1A2" in message.body
    assert "/truong/thong-bao/" in message.body
    assert Notice.objects.filter(emailed_at=AT).count() == 3


def test_the_jobs_do_it(cast: Cast) -> None:
    _wants(cast, "daily")
    tell(cast, HOMEROOM_ID)
    tasks.daily(timestamp=0)
    _wants(cast, "at_once")
    (notice_id,) = tell(cast, HOMEROOM_ID)
    tasks.mail(notice_id=notice_id)
    assert len(mail.outbox) == 2
    assert not Notice.objects.filter(emailed_at__isnull=True).exists()


def test_one_persons_fault_stops_nobody_else(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _wants(cast, "daily")
    tell(cast, HOMEROOM_ID, MUSIC_ID)
    send, calls = EmailMessage.send, []

    def first_fails(self: EmailMessage, fail_silently: bool = False) -> int:
        calls.append(self)
        if len(calls) == 1:
            raise smtplib.SMTPServerDisconnected
        return send(self, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", first_fails)
    with pytest.raises(Unavailable):
        send_daily(clock=CLOCK)
    assert len(mail.outbox) == 1
    assert send_daily(clock=CLOCK) == 1
    assert len(mail.outbox) == 2


def test_the_words_of_a_mail() -> None:
    text = mail_text(["4A1", "", "4A1"], count=1, link="https://hocba.test/truong/")
    assert text.body.splitlines()[:3] == [
        "Thầy/Cô có việc mới trên Học bạ số.",
        "Lớp: 4A1",
        "Mở tại: https://hocba.test/truong/",
    ]
    assert "You have a new notice in Học bạ số (class 4A1)." in text.body
    many = mail_text([], count=2, link="x").body
    assert "You have 2 new notices in Học bạ số." in many
    assert "Lớp" not in many


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("smtp://a%40b:p%3Aw@mail.test:587", ("mail.test", 587, "a@b", "p:w", True, False)),
        ("smtp://mail.test", ("mail.test", 587, "", "", True, False)),
        ("smtps://u:p@mail.test", ("mail.test", 465, "u", "p", False, True)),
        ("smtp://localhost:25?tls=no", ("localhost", 25, "", "", False, False)),
    ],
)
def test_the_address_of_the_mail_server(url: str, values: tuple[Any, ...]) -> None:
    read = mail_settings(url, demo_folder=None)
    assert (read.host, read.port, read.user, read.password, read.starttls, read.tls) == values
    assert read.enabled
    assert read.backend.endswith("smtp.EmailBackend")


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.test",
        "mail.test:25",
        "smtp://",
        "smtp://u:geheim@host:x",
        "smtp://u:geheim@host/path",
        "smtp://u:geheim@host?tls=maybe",
        "smtps://u:geheim@host?tls=no",
    ],
)
def test_a_wrong_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="HOCBA_EMAIL_URL") as fault:
        mail_settings(url, demo_folder=None)
    assert "geheim" not in str(fault.value)


def test_no_address_means_no_mail_or_files_in_the_demo(tmp_path: Path) -> None:
    assert not mail_settings("", demo_folder=None).enabled
    demo = mail_settings("", demo_folder=tmp_path)
    assert (demo.enabled, demo.folder) == (True, tmp_path)


def test_the_demo_writes_files(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = mail_settings("", demo_folder=tmp_path).backend
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    _wants(cast, "at_once")
    send_notice(tell(cast, HOMEROOM_ID)[0], clock=CLOCK)
    (file,) = (tmp_path / "mail").iterdir()
    assert b"To: mau@truong.test" in file.read_bytes()
