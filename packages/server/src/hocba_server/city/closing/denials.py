"""Why a class cannot be closed or reopened now: the same value disables the button and is raised.

Source: QĐ 1789/QĐ-SGDĐT Đ21; decision 19.
"""

from __future__ import annotations

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.city.closing.models import Round
from hocba_server.city.closing.open_items import OpenClass


def deny_closing(room: OpenClass, *, packages: bool, reason: str = "") -> Denial | None:
    """May this class be closed? `packages`: the school has some that are not answered yet."""
    if packages:
        return _no(
            "packages_waiting",
            "Trường còn gói học bạ hoặc yêu cầu đang kiểm tra. Chờ có kết quả rồi chốt.",
            "Packages of the school are being worked on; close when they are answered.",
        )
    if room.waiting:
        return _no(
            "requests_waiting",
            f"Còn {room.waiting} yêu cầu thu hồi hoặc chỉnh lý chưa quyết định. Quyết định trước.",
            f"{room.waiting} requests wait for a decision; decide first.",
        )
    if room.state is not None and room.state.closed and not room.due:
        return _already(room)
    if not room.in_force and room.state is None:
        return _no(
            "nothing_to_close",
            "Lớp không có học bạ nào đang lưu hành nên chưa chốt được.",
            "No record of the class is in force, so there is nothing to close.",
        )
    if room.missing and not reason:
        return _no(
            "missing",
            f"Còn {room.missing} học bạ đã thu hồi mà chưa có bản thay thế. Chờ trường nộp lại, "
            "hoặc ghi lý do vì sao vẫn chốt.",
            f"{room.missing} recalled records have no successor. Wait for them, or say why the "
            "class is closed all the same.",
        )
    return None


def _already(room: OpenClass) -> Denial:
    if room.state is not None and room.state.closing.round == Round.MAIN and room.unlisted:
        day = room.dates.reassessed_on
        return _no(
            "closed_already",
            f"Lớp đã chốt; {room.unlisted} học bạ của học sinh đánh giá bổ sung chốt từ "
            f"{day:%d/%m/%Y}.",
            f"The class is closed; {room.unlisted} records follow from {day:%d/%m/%Y}.",
        )
    return _no("closed_already", "Lớp này đã chốt.", "The class is closed already.")


def _no(code: str, vi: str, en: str) -> Denial:
    return Denial(code, Sentence(vi, en))
