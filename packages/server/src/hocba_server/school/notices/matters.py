"""The pieces of work that notices ask for, by name: who asks and who does it agree on these."""

from __future__ import annotations

from hocba_server.school.registry.models import Classroom

ACCOUNT_ORDERS = "account-orders"


def create_records(room: Classroom) -> str:
    """The results of a class become records."""
    return f"create:{room.pk}"


def correct(room: Classroom, sheet: str) -> str:
    """A returned sheet of a class is corrected."""
    return f"correct:{room.pk}:{sheet}"


def recreate(room: Classroom) -> str:
    """Corrected records of a class are created anew."""
    return f"recreate:{room.pk}"


def sign(room: Classroom) -> str:
    """The records of a class are signed, by whoever is next."""
    return f"sign:{room.pk}"


def submit(room: Classroom) -> str:
    """The issued records of a class go to the department."""
    return f"submit:{room.pk}"


def data_sheets(room: Classroom) -> str:
    """Data sheets of a class that were compared are initialised."""
    return f"data-sheets:{room.pk}"


def civil_change(change_id: int) -> str:
    """A change of civil status is decided."""
    return f"civil-change:{change_id}"


def permission(permission_id: int) -> str:
    """A request to change results after closing is answered."""
    return f"permission:{permission_id}"
