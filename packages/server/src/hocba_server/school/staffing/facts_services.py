"""What papers of the school say in their head: the body above, address, telephone."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.models import School
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import school_by_id
from hocba_server.school.staffing.models import SchoolFacts
from hocba_server.school.staffing.rights import deny_staff_editor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page of the school's data says."""

    upper_body: str
    address: str = ""
    phone: str = ""
    email: str = ""


def facts_of(school: School) -> SchoolFacts | None:
    """What the school has confirmed, if it has."""
    return SchoolFacts.objects.filter(school=school).first()


def upper_body(school: School) -> str:
    """The body above the school in the head of its papers."""
    facts = facts_of(school)
    return facts.upper_body if facts else school.department_name


def confirm_facts(*, by: Actor, at: dt.datetime, school_id: int, facts: Facts) -> int:
    """Keep and confirm the data; answers the row.

    Raises `Refused`: `facts_upper_body`, `facts_email`.
    """
    require(deny_staff_editor(by))
    values = {name: text.strip() for name, text in asdict(facts).items()}
    if not values["upper_body"]:
        raise Refused(
            "facts_upper_body",
            "Ghi cơ quan chủ quản như trên đầu văn bản, ví dụ: Ủy ban nhân dân phường Sài Gòn.",
            "Name the body above the school as in the head of its papers.",
        )
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError as error:
            raise Refused(
                "facts_email", "Thư điện tử chưa đúng.", "The e-mail address is not valid."
            ) from error
    with school_transaction():
        school = school_by_id(by, school_id)
        row, _ = SchoolFacts.objects.update_or_create(
            school=school,
            defaults={
                "upper_body": values["upper_body"][:200],
                "address": values["address"][:250],
                "phone": values["phone"][:30],
                "email": values["email"][:200],
                "confirmed_by": by.user_id,
                "confirmed_by_name": by.name[:150],
                "confirmed_at": at,
            },
        )
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="confirm_school_facts",
            subject=f"school:{school.code}",
            detail=values,
        )
    return row.pk
