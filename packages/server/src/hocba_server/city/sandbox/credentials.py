"""What a vendor needs to sign in the sandbox: keys of an invented school, in one ZIP, given once.

The keys are made, written into the ZIP and forgotten: the platform keeps no private key of theirs.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import secrets
import zipfile

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.packet.registration import serial_text
from hocba.record.sample import HOMEROOM, LEADER, SPECIALISTS
from hocba_certworld.softkey import SoftKey
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.sandbox.services import OpenedUnit, approve_seal, open_unit
from hocba_server.city.sandbox.world import sandbox_world
from hocba_server.web.accounts.actor import Actor

_README = """\
Nơi thử nghiệm của Cổng tiếp nhận học bạ số: đơn vị {code} ({name})

tai-khoan.json   tài khoản, mật khẩu, địa chỉ của cổng thử và của dịch vụ dấu thời gian (RFC 3161);
                 trường password gửi SHA-256 của mật khẩu
khoa/*.p12       khoá và chứng thư số (PKCS#12) của nhà trường (con-dau), cán bộ quản lý, giáo viên
tin-cay/*.pem    chứng thư gốc và trung gian của nơi thử nghiệm

Chứng thư số con-dau đã được duyệt cho đơn vị này; có thể đăng ký thêm bằng giao dịch 3.
Chỉ dùng học sinh bịa: số định danh bắt đầu bằng 000. Mọi thứ ở đây không có giá trị pháp lý.
Lưu tệp này ở nơi an toàn: hệ thống không giữ khoá bí mật nên không cấp lại được.

A sandbox unit: account (tai-khoan.json), keys (khoa/), trust (tin-cay/). The seal is approved.
Use invented pupils only (personal numbers that begin with 000). Nothing here has any value.
"""


def open_unit_with_keys(
    *, by: Actor, at: dt.datetime, vendor_code: str, address: str
) -> tuple[OpenedUnit, bytes]:
    """Open a unit and return its credentials as a ZIP. Raises as `open_unit` does."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    unit = open_unit(by=by, at=at, vendor_code=vendor_code)
    return unit, _archive(unit, address, at)


def _archive(unit: OpenedUnit, address: str, at: dt.datetime) -> bytes:
    world = sandbox_world()
    validity = (at - dt.timedelta(days=1), at + dt.timedelta(days=2 * 365))
    seal = world.issue_organisation(unit.name, unit.code, validity=validity)
    approve_seal(
        unit_code=unit.code,
        der=seal.certificate.public_bytes(Encoding.DER),
        serial=serial_text(seal.certificate),
        at=at,
    )
    people = (HOMEROOM, LEADER, *SPECIALISTS.values())
    keys: dict[str, SoftKey] = {"con-dau": seal}
    for person in people:
        keys[str(person.personal_id)] = world.issue_person(
            person.full_name, person.personal_id, validity=validity
        )
    password = secrets.token_urlsafe(12)
    account = {
        "cong": f"{address}/api/v1/giao-dich",
        "dau_thoi_gian": f"{address}/tsa",
        "ma_don_vi": unit.code,
        "ten_don_vi": unit.name,
        "user_name": unit.code,
        "mat_khau": unit.password,
        "mat_khau_khoa_p12": password,
        "nguoi_ky": {str(person.personal_id): person.full_name for person in people},
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("DOC-TRUOC.txt", _README.format(code=unit.code, name=unit.name))
        archive.writestr("tai-khoan.json", json.dumps(account, ensure_ascii=False, indent=2))
        for name, key in keys.items():
            archive.writestr(f"khoa/{name}.p12", key.to_pkcs12(password.encode()))
        archive.writestr("tin-cay/goc.pem", world.roots_pem())
        for name, pem in world.issuers_pem():
            archive.writestr(f"tin-cay/{name}.pem", pem)
    return output.getvalue()
