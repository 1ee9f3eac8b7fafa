"""Fixtures of the registrar's tests: files to attach, and people at their browser."""

from __future__ import annotations

import io

import pikepdf
import pytest

from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.models import Enrolment, Pupil
from hocba_server.school.registry.pupil_values import EDITABLE, values_of
from hocba_server.school.tests.cast import Cast


@pytest.fixture
def pdf() -> Upload:
    """A one-page PDF as a scanner makes it."""
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(target)
    return Upload("C:\\fakepath\\Quyết định số 12.pdf", target.getvalue())


@pytest.fixture
def pupil(cast: Cast) -> Pupil:
    """The first pupil of the class."""
    return Enrolment.objects.select_related("pupil").get(pk=cast.enrolments[0]).pupil


@pytest.fixture
def new_values(pupil: Pupil) -> dict[str, str]:
    """Personal data of a pupil whom nobody knows yet."""
    values = {name: values_of(pupil)[name] for name in EDITABLE}
    return {**values, "full_name": "Đỗ Thị Mới", "gender": "Nữ", "birth_date": "5/9/2019"}
