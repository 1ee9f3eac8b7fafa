from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hocba.assessment.catalogue import subjects_of_grade
from hocba_server.school.pages import school_page
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    homeroom_teacher,
    subject_teachers,
)
from hocba_server.web.accounts.actor import Actor


@school_page
def classroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    teachers = subject_teachers(room)
    subjects = [
        {"code": subject.code, "name": subject.name, "teacher": teachers.get(str(subject.code))}
        for subject in subjects_of_grade(room.grade)
    ]
    context = {
        "room": room,
        "roll": class_roll(room),
        "homeroom": homeroom_teacher(room),
        "subjects": subjects,
    }
    return render(request, "school_registry/classroom.html", context)
