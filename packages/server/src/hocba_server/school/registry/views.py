from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hocba_server.school.menu import class_menu
from hocba_server.school.pages import school_page
from hocba_server.school.registry.class_page import class_state, grade_rolls
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_results_reader,
    deny_role,
    deny_subject_reader,
)
from hocba_server.school.registry.pupil_rights import deny_pupil_editor, deny_pupil_reader
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    homeroom_teacher,
    subject_teachers,
)
from hocba_server.school.registry.taught import subject_title, taught_subjects
from hocba_server.web.accounts.actor import Actor


@school_page
def classroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    today = timezone.localdate()
    teachers = subject_teachers(room)
    roll = class_roll(room)
    context = {
        "room": room,
        "state": class_state(roll),
        "rolls": grade_rolls(room, roll),
        "homeroom": homeroom_teacher(room),
        "subjects": [
            {
                "code": subject.code,
                "name": subject_title(room, subject),
                "teacher": teachers.get(str(subject.code)),
                "open": deny_subject_reader(by, room, str(subject.code), today) is None,
            }
            for subject in taught_subjects(room)
        ],
        "hidden": deny_results_reader(by, room, today),
        "may_open": deny_pupil_reader(by, room, today) is None,
        "is_homeroom": deny_homeroom_teacher(by, room, today) is None,
        "may_edit": deny_pupil_editor(by) is None,
        "may_choose": deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL) is None,
        "class_menu": class_menu(by.roles, room),
    }
    return render(request, "school_registry/classroom.html", context)
