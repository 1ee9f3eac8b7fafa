"""What happens to pupils' files that other people of the school should hear of.

Each is sent inside the transaction of its change, with `by` and `at`; the registry does not know
who listens.
"""

from __future__ import annotations

from typing import Final

from django.dispatch import Signal

civil_change_proposed: Final = Signal()
"""`change`: waits for the principal (QĐ 1789 Đ21.7)."""
civil_change_decided: Final = Signal()
"""`change`: approved or refused by the principal."""
special_case_decided: Final = Signal()
"""`enrolment`: assessed in another way, or freed from a subject."""
data_sheets_confirmed: Final = Signal()
"""`room` and `count`: compared with the birth certificates, wait for the registrar (Đ20.4)."""
data_sheets_initialised: Final = Signal()
"""`room`: every compared sheet of the class is initialised (Đ20.4b)."""
data_sheet_reopened: Final = Signal()
"""`enrolment`: its data changed after the homeroom teacher had confirmed them."""
