"""Action: a record is read through as the finished pages, pupil by pupil, and the reading kept."""

from __future__ import annotations

from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import Cast
from hocba_server.web.audit.models import AuditEntry


def proofs(cast: Cast) -> list[str]:
    rows = AnnualRecordDraft.objects.filter(batch__classroom_id=cast.classroom_id)
    return [f"/truong/hoc-ba/{row.record_uuid}/doc-soat/" for row in rows]


def test_the_pages_of_a_record_one_after_the_other(
    results: Cast, created: int, browse: Browse
) -> None:
    assert created
    client = browse(results.principal)
    seen = set()
    for address in proofs(results):
        page = client.get(address).content.decode()
        assert "Bản xem trước, chưa có giá trị" in page
        seen |= {number for number in ("1/3", "2/3", "3/3") if number in page}
        picture = client.get(f"{address}1.png")
        assert picture["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert client.get(f"{address}99.png").status_code == 404
    assert seen == {"1/3", "2/3", "3/3"}
    reasons = [entry.detail.get("purpose") for entry in AuditEntry.objects.using("school").all()]
    assert reasons.count("đọc soát") == 3


def test_who_may_not_read_gets_no_page_and_no_picture(
    results: Cast, created: int, browse: Browse
) -> None:
    assert created
    [address, *_] = proofs(results)
    for by, status in ((results.administrator, 403), (results.stranger, 404)):
        client = browse(by)
        assert client.get(address).status_code == status
        assert client.get(f"{address}1.png").status_code == status
