"""The cast of the school tests: one small school, its people, one class of three pupils."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from hocba.errors import Refused
from hocba.trust.store import TrustStore
from hocba_certworld.local import LocalRevocation
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.school.registry.class_list import ClassListRow
from hocba_server.web.accounts.actor import Actor

AT = dt.datetime(2026, 5, 20, 1, 0, tzinfo=dt.UTC)
YEAR = "2025-2026"
CODE, OTHER_CODE = "79267400099", "79267400098"
NAMES = ("Trần Văn Tí", "Lê Thị Đào", "Nguyễn Thị Ánh")
HOMEROOM_ID, MUSIC_ID, HEAD_ID = "000190000001", "000190000002", "000080000003"
CLASS_LIST_HEADERS = (
    "STT",
    "Mã định danh Bộ GD&ĐT *",
    "Họ tên",
    "Ngày sinh (dd/mm/yyyy)",
    "Giới tính",
    "Dân tộc",
    "Trạng thái",
    "Nơi sinh chi tiết",
    "Tỉnh thành quê quán",
    "Phường Xã quê quán",
    "Chỗ ở hiện nay",
    "Tên cha",
    "Tên mẹ",
    "Lớp học",
    "Khối học",
    "Số định danh cá nhân",
)


@dataclass(frozen=True)
class Cast:
    """Who plays in the school tests."""

    school_id: int
    classroom_id: int
    enrolments: tuple[int, ...]
    head_staff_id: int
    principal: Actor
    registrar: Actor
    clerk: Actor
    homeroom: Actor
    music: Actor
    administrator: Actor
    stranger: Actor


class FixedClock:
    """A clock that stands still."""

    def now(self) -> dt.datetime:
        return AT


class TestKeys:
    """The keys of the cast, one per person and one for the school."""

    __test__ = False

    def __init__(self, world: CertWorld) -> None:
        self._people = {
            number: world.issue_person(name, number)
            for name, number in (
                ("Phạm Thị Chủ Nhiệm", HOMEROOM_ID),
                ("Võ Văn Nhạc", MUSIC_ID),
                ("Lê Văn Hiệu Trưởng", HEAD_ID),
            )
        }
        self._school = world.issue_organisation("Trường Tiểu học Thử", CODE, ca="government")

    def key_for(self, personal_id: str) -> SoftKey:
        if personal_id not in self._people:
            raise Refused("no_key", "Chưa có khoá ký.", "No key.")
        return self._people[personal_id]

    def organisation_key(self, unit_code: str) -> SoftKey:
        if unit_code != CODE:
            raise Refused("no_key", "Chưa có khoá ký.", "No key.")
        return self._school


class WorldTrust:
    """The authorities of the test world, asked in this process."""

    def __init__(self, world: CertWorld) -> None:
        self._world = world

    def store(self) -> TrustStore:
        return TrustStore.from_pem([self._world.roots_pem()])

    def issuers(self) -> list[x509.Certificate]:
        pems = [pem for _, pem in self._world.issuers_pem()]
        return [each for pem in pems for each in x509.load_pem_x509_certificates(pem)]

    def revocation(self) -> LocalRevocation:
        return LocalRevocation(self._world, now=lambda: AT)


def actor(*roles: str, personal_id: str = "000000000099", unit: str = CODE) -> Actor:
    return Actor(
        user_id=7,
        name="Người Thử",
        personal_id=personal_id,
        unit_code=unit,
        roles=roles,
        house="school",
    )


def class_list_row(order: int, **changes: Any) -> ClassListRow:
    values: dict[str, Any] = {
        "pupil_code": f"790000000{order}",
        "personal_id": f"00031900000{order}",
        "full_name": NAMES[order],
        "gender": "Nữ" if order else "Nam",
        "birth_date": f"0{order + 1}/02/2019",
        "birth_place": "Bệnh viện Mẫu, Thành phố Hồ Chí Minh",
        "home_town": "Phường Mẫu, Thành phố Hồ Chí Minh",
        "current_address": "1 đường Mẫu, Phường Sài Gòn",
        "ethnic_group": "Kinh",
        "father_name": "Nguyễn Văn Mẫu",
        "mother_name": "Trần Thị Mẫu",
        "classroom_name": "1A1",
        "grade": 1,
        "status": "studying",
        "position": order + 1,
    }
    return ClassListRow(**{**values, **changes})


def class_list_cells(order: int, **changes: object) -> list[object]:
    """One row of a class list file; `changes` by header."""
    row = class_list_row(order)
    cells: dict[str, object] = {
        "STT": order + 1,
        "Mã định danh Bộ GD&ĐT *": row.pupil_code,
        "Họ tên": row.full_name,
        "Ngày sinh (dd/mm/yyyy)": row.birth_date,
        "Giới tính": row.gender,
        "Dân tộc": row.ethnic_group,
        "Trạng thái": "Đang học",
        "Nơi sinh chi tiết": row.birth_place,
        "Tỉnh thành quê quán": "Thành phố Hồ Chí Minh",
        "Phường Xã quê quán": "Phường Mẫu",
        "Chỗ ở hiện nay": row.current_address,
        "Tên cha": row.father_name,
        "Tên mẹ": row.mother_name,
        "Lớp học": row.classroom_name,
        "Khối học": 1,
        "Số định danh cá nhân": row.personal_id,
    }
    return list({**cells, **changes}.values())
