"""The Ministry's lists are recognised and compared; nothing is saved."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hocba.assessment.catalogue import SUBJECTS
from hocba.errors import Malformed
from hocba_server.school.registry.models import School
from hocba_server.school.spreadsheets.catalogue_files import CatalogueCheck, check_catalogues
from hocba_server.school.spreadsheets.selectors import school_facts
from hocba_server.school.spreadsheets.tests.files import Rows, xlsx
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import CODE, Cast

SUBJECT_LIST: Rows = [
    ["TEMPLATE IMPORT MÔN HỌC"],
    ["MA_MON_HOC *", "TEN_MON_HOC *", "TEN_VIET_TAT *", "CAP_HOC *"],
    *([str(each.code), each.name, each.short_name, "1,2"] for each in SUBJECTS),
    ["15", "Toán", "Toán", "2"],
]


def _check(cast: Cast, rows: Rows) -> CatalogueCheck:
    facts = school_facts(School.objects.get(pk=cast.school_id))
    [found] = check_catalogues(xlsx({"Sheet1": rows}), facts)
    return found


def test_the_list_of_subjects_agrees_or_says_where_not(cast: Cast) -> None:
    assert _check(cast, SUBJECT_LIST).findings == ()
    changed = [list(row) for row in SUBJECT_LIST if row[0] != "91"]
    changed[2][1] = "Văn"
    findings = [text.vi for text in _check(cast, changed).findings]
    assert findings[0].startswith("Mã 02 trong tệp là “Văn”")
    assert "mã 91" in findings[1]


def test_school_ward_and_ethnic_groups_are_compared(cast: Cast) -> None:
    school = [
        ["MA_TRUONG *", "TEN_TRUONG_HOC *", "CAP_HOC *", "MA_XA_PHUONG *"],
        [CODE, "Trường Tiểu học Khác", "1", "26740"],
    ]
    assert ["TEN_TRUONG_HOC" in text.vi for text in _check(cast, school).findings] == [True]
    wards = [["MA_XA_PHUONG *", "TEN_XA_PHUONG *"], ["26740", "Phường Sài Gòn"]]
    assert _check(cast, wards).findings == ()
    groups = [[], [], [], ["MA_DAN_TOC *", "TEN_DAN_TOC *", "LOAI_DAN_TOC *"], ["02", "Tày", "1"]]
    assert "“Kinh” của 3 học sinh" in _check(cast, groups).findings[0].vi
    faiths = [["TEMPLATE"], [], [], ["MA_TON_GIAO *", "TEN_TON_GIAO *"], ["1", "Phật giáo"]]
    assert not _check(cast, faiths).used


def test_another_file_is_refused_and_the_page_is_the_offices(cast: Cast, browse: Browse) -> None:
    with pytest.raises(Malformed) as fault:
        _check(cast, [["a", "b"], [1, 2]])
    assert fault.value.code == "no_catalogue"
    address = "/truong/nhap/danh-muc/"
    client = browse(cast.registrar)
    sent = {"file": SimpleUploadedFile("mon.xlsx", xlsx({"Sheet1": SUBJECT_LIST}))}
    assert "Khớp với dữ liệu đang dùng" in client.post(address, sent).content.decode()
    assert browse(cast.homeroom).get(address).status_code == 403
