from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.spreadsheets.catalogue_files import check_catalogues
from hocba_server.school.spreadsheets.selectors import school_facts
from hocba_server.school.spreadsheets.uploads import ACCEPT, sent_files
from hocba_server.web.accounts.actor import Actor


@school_page
def catalogues(request: HttpRequest, by: Actor) -> HttpResponse:
    """The Ministry's lists, compared with what the school holds. Nothing is saved."""
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL))
    context: dict[str, object] = {"accept": ACCEPT}
    if request.method == "POST":
        files = sent_files(request)
        if not files:
            messages.error(request, _("Chưa chọn tệp. Chọn tệp bảng tính rồi bấm Kiểm tra."))
            return redirect(request.path)
        facts = school_facts(own_school(by))
        checks = attempt(request, lambda: check_catalogues(files[0].content, facts))
        if checks is None:
            return redirect(request.path)
        context |= {"checks": checks, "filename": files[0].filename}
    return render(request, "school_spreadsheets/catalogues.html", context)
