"""The department's administrator and the vendors: who they are, what they use, how it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.text import slugify

from hocba.errors import Malformed, Refused
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.vendors.models import AccountTerms, Vendor, VendorSwitch
from hocba_server.city.vendors.switches import BY_NAME
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_MOST_REQUESTS = 100_000


def register_vendor(
    *,
    by: Actor,
    at: dt.datetime,
    name: str,
    software: str,
    contact_name: str,
    contact_email: str,
) -> str:
    """Enter a vendor; answers its code. Raises `Malformed`, `Refused` (`role`, `vendor_taken`)."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    values = {
        "name": _line(name, "name", 200),
        "software": _line(software, "software", 200),
        "contact_name": _line(contact_name, "contact_name", 150),
        "contact_email": _email(contact_email),
    }
    code = slugify(values["name"].replace("đ", "d").replace("Đ", "D"))[:40] or "nha-cung-cap"
    try:
        with city_transaction():
            Vendor.objects.create(code=code, registered_by=by.user_id, registered_at=at, **values)
            _audit(by, at, "register_vendor", code, values)
    except IntegrityError:
        raise Refused(
            "vendor_taken",
            "Nhà cung cấp này đã có trong danh sách.",
            "This vendor is in the list already.",
        ) from None
    return code


def set_vendor_active(*, by: Actor, at: dt.datetime, code: str, active: bool) -> None:
    """Cut a vendor off or let it in again: its keys stop at once; units' own accounts stay."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    with city_transaction():
        row = _locked(code)
        if row.active == active:
            return
        row.active = active
        row.save(update_fields=["active"])
        _audit(by, at, "open_vendor" if active else "close_vendor", code, {})


def set_switch(*, by: Actor, at: dt.datetime, code: str, name: str, value: str) -> None:
    """Set one switch of a vendor. Raises `Malformed` (`field_catalogue`)."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    switch = BY_NAME.get(name)
    if switch is None or value not in {option.value for option in switch.options}:
        raise Malformed(
            "field_catalogue",
            "Công tắc này không có giá trị đó.",
            "The switch has no such value.",
            where=name[:40],
        )
    with city_transaction():
        vendor = _locked(code)
        before = vendor.switches.filter(name=name).values_list("value", flat=True).first()
        before = before or switch.default
        if before == value:
            return
        if value == switch.default:
            VendorSwitch.objects.filter(vendor=vendor, name=name).delete()
        else:
            VendorSwitch.objects.update_or_create(
                vendor=vendor,
                name=name,
                defaults={"value": value, "changed_by": by.user_id, "changed_at": at},
            )
        detail = {"switch": name, "before": before, "after": value}
        _audit(by, at, "set_vendor_switch", code, detail)


def give_account(*, by: Actor, at: dt.datetime, code: str, user_name: str) -> None:
    """Say that a vendor's software uses this account: it may then speak for its unit."""
    _move_account(by=by, at=at, user_name=user_name, code=code)


def take_account(*, by: Actor, at: dt.datetime, user_name: str) -> None:
    """Say that no vendor uses this account any more, e.g. when the school changed its software."""
    _move_account(by=by, at=at, user_name=user_name, code=None)


def set_terms(
    *,
    by: Actor,
    at: dt.datetime,
    user_name: str,
    token_required: bool | None,
    requests_per_minute: int | None,
) -> None:
    """Set what holds for one account; None: the department's setting."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    if requests_per_minute is not None and not 1 <= requests_per_minute <= _MOST_REQUESTS:
        raise Malformed(
            "field_type",
            f"Số yêu cầu mỗi phút phải từ 1 đến {_MOST_REQUESTS}.",
            f"Requests per minute: 1 to {_MOST_REQUESTS}.",
            where="requests_per_minute",
        )
    values = {"token_required": token_required, "requests_per_minute": requests_per_minute}
    with city_transaction():
        account = _locked_account(user_name)
        AccountTerms.objects.update_or_create(
            account=account, defaults={**values, "changed_by": by.user_id, "changed_at": at}
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="set_account_terms",
            subject=f"account:{user_name}"[:120],
            detail=values,
        )


def read_terms(form: Mapping[str, str]) -> tuple[bool | None, int | None]:
    """The fields of a form as terms; a number that is none becomes 0, which `set_terms` refuses."""
    required = {"yes": True, "no": False}.get(form.get("token_required", ""))
    rate = form.get("requests_per_minute", "").strip()
    if not rate:
        return required, None
    return required, int(rate) if rate.isdecimal() and len(rate) < 9 else 0


def _move_account(*, by: Actor, at: dt.datetime, user_name: str, code: str | None) -> None:
    require(deny_role(by, CityRole.ADMINISTRATOR))
    with city_transaction():
        vendor = _locked(code) if code is not None else None
        account = _locked_account(user_name)
        terms, _ = AccountTerms.objects.select_for_update().get_or_create(
            account=account, defaults={"changed_by": by.user_id, "changed_at": at}
        )
        if terms.vendor_id == (vendor.pk if vendor else None):
            return
        if vendor is not None and terms.vendor_id is not None:
            raise Refused(
                "account_taken",
                "Tài khoản này đang thuộc nhà cung cấp khác; gỡ ở đó trước.",
                "Another vendor has this account; take it away there first.",
            )
        terms.vendor, terms.changed_by, terms.changed_at = vendor, by.user_id, at
        terms.save(update_fields=["vendor", "changed_by", "changed_at"])
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="move_account",
            subject=f"account:{user_name}"[:120],
            detail={"vendor": code or "", "unit": account.unit_code},
        )


def _locked(code: str) -> Vendor:
    row = Vendor.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise Refused("not_found", "Không có nhà cung cấp này.", "There is no such vendor.")
    return row


def _locked_account(user_name: str) -> GatewayAccount:
    row = GatewayAccount.objects.select_for_update().filter(user_name=user_name).first()
    if row is None:
        raise Refused(
            "no_account",
            "Không có tài khoản này. Sở mở tài khoản khi ghi trường vào danh sách.",
            "There is no such account; it is opened when the school is entered.",
        )
    return row


def _line(text: str, where: str, limit: int) -> str:
    line = " ".join(text.split())
    if not line or len(line) > limit:
        raise Malformed(
            "field_missing",
            f"Cần ghi đủ các ô, mỗi ô không quá {limit} ký tự.",
            f"Fill in every field, at most {limit} characters each.",
            where=where,
        )
    return line


def _email(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise Malformed(
            "field_type",
            "Thư điện tử chưa đúng dạng, ví dụ ten@congty.vn.",
            "The e-mail address is not right.",
            where="contact_email",
        ) from None
    return text.strip()


def _audit(by: Actor, at: dt.datetime, action: str, code: str, detail: dict[str, Any]) -> None:
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"vendor:{code}",
        detail=detail,
    )
