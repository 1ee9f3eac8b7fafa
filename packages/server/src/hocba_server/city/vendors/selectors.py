from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from hocba.errors import Refused
from hocba.packet.dialect import STANDARD, Dialect
from hocba_server.city.database import CITY_DATABASE
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.vendors.models import (
    AccessToken,
    AccountTerms,
    RequestKey,
    Vendor,
    VendorSwitch,
)
from hocba_server.city.vendors.switches import BY_NAME, SWITCHES, Option, Switch, dialect_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.design.language import in_page_language

READS_VENDORS = (CityRole.ADMINISTRATOR, CityRole.OFFICER, CityRole.INSPECTOR)


def vendors(*, by: Actor) -> QuerySet[Vendor]:
    """Registered vendors with the numbers of their accounts, keys and changed switches."""
    require(deny_role(by, *READS_VENDORS))
    return Vendor.objects.annotate(
        account_count=Count("accounts", distinct=True),
        key_count=Count("keys", filter=Q(keys__revoked_at__isnull=True), distinct=True),
        switch_count=Count("switches", distinct=True),
    )


def vendor_by_code(*, by: Actor, code: str) -> Vendor:
    """One vendor. Raises `Refused` with code `not_found`."""
    row = vendors(by=by).filter(code=code).first()
    if row is None:
        raise Refused("not_found", "Không có nhà cung cấp này.", "There is no such vendor.")
    return row


def accounts_of(*, by: Actor, vendor: Vendor) -> QuerySet[GatewayAccount]:
    """The accounts that the vendor's software uses, by unit."""
    require(deny_role(by, *READS_VENDORS))
    return GatewayAccount.objects.filter(terms__vendor=vendor).select_related("terms")


def free_accounts(*, by: Actor) -> QuerySet[GatewayAccount]:
    """Accounts that no vendor has."""
    require(deny_role(by, *READS_VENDORS))
    return GatewayAccount.objects.filter(Q(terms__isnull=True) | Q(terms__vendor__isnull=True))


MOST_SHOWN = 200
"""Accounts on one page; whoever has more searches."""


def accounts(*, by: Actor, words: str = "") -> QuerySet[GatewayAccount]:
    """Accounts whose name or unit code holds these words."""
    require(deny_role(by, *READS_VENDORS))
    rows = GatewayAccount.objects.select_related("terms__vendor")
    if words:
        rows = rows.filter(Q(user_name__icontains=words) | Q(unit_code__icontains=words))
    return rows.annotate(
        key_count=Count("keys", filter=Q(keys__revoked_at__isnull=True), distinct=True)
    )


def account_by_id(*, by: Actor, account_id: int) -> GatewayAccount:
    """One account. Raises `Refused` with code `not_found`."""
    row = accounts(by=by).filter(pk=account_id).first()
    if row is None:
        raise Refused("not_found", "Không có tài khoản này.", "There is no such account.")
    return row


def terms_of(account: GatewayAccount) -> AccountTerms | None:
    """What holds for the account beside the department's settings."""
    return AccountTerms.objects.select_related("vendor").filter(account=account).first()


def tokens_of(account: GatewayAccount, at: dt.datetime) -> int:
    """How many tokens of the account hold."""
    return AccessToken.objects.filter(
        account=account, revoked_at__isnull=True, expires_at__gt=at
    ).count()


def keys_of(*, by: Actor, vendor: Vendor) -> QuerySet[RequestKey]:
    """The vendor's keys, newest first."""
    require(deny_role(by, *READS_VENDORS))
    return RequestKey.objects.filter(vendor=vendor)


@dataclass(frozen=True, slots=True)
class SwitchState:
    """A switch as it stands for one vendor."""

    switch: Switch
    value: str

    @property
    def changed(self) -> bool:
        """Does it stand otherwise than by default?"""
        return self.value != self.switch.default

    @property
    def option(self) -> Option:
        """How it stands."""
        return next(one for one in self.switch.options if one.value == self.value)


def switches_of(vendor: Vendor) -> list[SwitchState]:
    """Every switch and how it stands for this vendor."""
    values = dict(vendor.switches.values_list("name", "value"))
    states = []
    for switch in SWITCHES:
        value = values.get(switch.name, switch.default)
        if value not in {option.value for option in switch.options}:
            value = switch.default
        states.append(SwitchState(switch, value))
    return states


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that somebody changed about a vendor, in words."""

    at: dt.datetime
    name: str
    words: str


def history_of(*, by: Actor, vendor: Vendor) -> list[HistoryLine]:
    """What was changed, newest first; of keys and accounts too."""
    require(deny_role(by, *READS_VENDORS))
    about = Q(subject=f"vendor:{vendor.code}")
    about |= Q(action__in=["register_request_key", "revoke_request_key"], detail__owner=vendor.code)
    about |= Q(action="move_account", detail__vendor=vendor.code)
    rows = AuditEntry.objects.using(CITY_DATABASE).filter(about).order_by("-pk")[:100]
    return [HistoryLine(row.at, row.name, _words(row)) for row in rows]


def _words(row: AuditEntry) -> str:
    if row.action == "set_vendor_switch":
        switch = BY_NAME.get(row.detail["switch"])
        if switch is None:
            return f"{row.detail['switch']}: {row.detail['before']} → {row.detail['after']}"
        titles = {one.value: in_page_language(one.title) for one in switch.options}
        before, after = (titles.get(row.detail[key], "?") for key in ("before", "after"))
        return f"{in_page_language(switch.title)}: {before} → {after}"
    words = {
        "register_vendor": _("Đăng ký nhà cung cấp"),
        "open_vendor": _("Mở lại kết nối"),
        "close_vendor": _("Ngắt kết nối"),
        "register_request_key": _("Đăng ký khoá"),
        "revoke_request_key": _("Thu hồi khoá"),
        "move_account": _("Giao tài khoản"),
    }.get(row.action, row.action)
    kind, _colon, name = row.subject.partition(":")
    return words if kind == "vendor" else f"{words} {name}"


def dialect_of_account(user_name: str) -> Dialect:
    """How the software behind this account reads and writes; the standard without a vendor."""
    return _dialect(VendorSwitch.objects.filter(vendor__accounts__account__user_name=user_name))


def dialect_of_unit(unit_code: str) -> Dialect:
    """The same for messages that name only the unit (transactions 2, 3, 4 and 6).

    Two vendors of one unit could disagree; then the standard holds.
    """
    owners = set(
        Vendor.objects.filter(accounts__account__unit_code=unit_code)
        .order_by()
        .values_list("pk", flat=True)
    )
    if len(owners) != 1:
        return STANDARD
    return _dialect(VendorSwitch.objects.filter(vendor_id=owners.pop()))


def serves(vendor: Vendor, unit_code: str) -> GatewayAccount | None:
    """The account with which the vendor speaks for a unit, or None."""
    return GatewayAccount.objects.filter(
        terms__vendor=vendor, unit_code=unit_code, active=True
    ).first()


def _dialect(rows: QuerySet[VendorSwitch]) -> Dialect:
    found: Sequence[tuple[str, str]] = list(
        rows.filter(vendor__active=True).order_by().values_list("name", "value").distinct()
    )
    return dialect_of(dict(found)) if found else STANDARD
