"""The officer's page: empty, after a night, with a problem; and the button that does it now."""

from __future__ import annotations

from django.db import connections
from django.test import Client

from hocba_certworld.cast import Cast
from hocba_server.city.archiving.services import KEEP_JOB
from hocba_server.city.archiving.tests.nights import Away, night
from hocba_server.city.closing.tests.test_closing_pages import sign_in, text
from hocba_server.city.conftest import Submit
from hocba_server.web.audit.models import AuditEntry

PAGE = "/so/luu-tru/"


def test_empty_then_stamped_then_a_problem(
    submit: Submit, documents: list[bytes], cast: Cast, client: Client
) -> None:
    officer = sign_in(client, "SO_DUYET")
    assert PAGE in text(officer, "/so/")
    page = text(officer, PAGE)
    assert "Chưa có dấu nào" in page
    assert "Chưa chạy lần nào" in page
    submit(*documents)
    night(cast.world)
    page = text(officer, PAGE)
    assert "còn giá trị" in page
    assert "Nguyễn Thị Mẫu" not in page, "no pupil's name at this level"


def test_a_problem_is_told(
    submit: Submit, documents: list[bytes], cast: Cast, client: Client
) -> None:
    submit(*documents)
    night(cast.world, source=Away())
    page = text(sign_in(client, "KIEM_TRA"), PAGE)
    assert "Dịch vụ không trả lời." in page
    assert f"{PAGE}chay/" not in page, "an inspector only looks"


def test_the_button_orders_a_run(client: Client) -> None:
    administrator = sign_in(client, "SO_QT")
    page = administrator.post(f"{PAGE}chay/", follow=True).content.decode()
    assert "Đã giao việc" in page
    assert AuditEntry.objects.using("city").filter(action="order_archive_run").count() == 1
    with connections["city"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [KEEP_JOB])
        assert cursor.fetchone() == (1,)


def test_an_inspector_cannot_order(client: Client) -> None:
    inspector = sign_in(client, "KIEM_TRA")
    assert inspector.post(f"{PAGE}chay/").status_code == 403
