"""Who has completed which task, as an .xlsx file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

import xlsxwriter
from django.utils.timezone import localtime

from hocba_server.school.training.selectors import PersonLine
from hocba_server.school.training.task_list import all_tasks

HEADERS: Final = ("Họ và tên", "Vai trò", "Đã làm", "Tổng số bài")
WIDTHS: Final = (28, 34, 10, 12)


def people_sheet(people: Iterable[PersonLine], school_name: str) -> bytes:
    """One line a person, one column a task: the day of completion, or whether it is still open.

    Everything is text, so that nothing is a formula.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("Tập huấn")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    page.write_string(
        0, 0, f"KẾT QUẢ TẬP HUẤN HỌC BẠ SỐ: {school_name}", book.add_format({"bold": True})
    )
    tasks = all_tasks()
    for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        page.set_column(column, column, width)
        page.write_string(2, column, header, bold)
    page.set_column(len(HEADERS), len(HEADERS) + len(tasks) - 1, 18)
    for column, task in enumerate(tasks, start=len(HEADERS)):
        page.write_string(2, column, task.title.vi, bold)
    for line, person in enumerate(people, start=3):
        days = {row.task: localtime(row.done_at).strftime("%d/%m/%Y") for row in person.done}
        open_keys = {task.key for task in person.left}
        cells = [person.name, person.roles, str(len(person.done)), str(person.total)]
        cells += [
            days.get(task.key, "chưa làm" if task.key in open_keys else "không thuộc vai trò")
            for task in tasks
        ]
        for column, text in enumerate(cells):
            page.write_string(line, column, text)
    page.freeze_panes(3, 1)
    book.close()
    return target.getvalue()
