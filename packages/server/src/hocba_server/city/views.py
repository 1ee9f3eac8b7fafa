from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hocba_server.city.access.letters import deny_confirming, waiting_letters
from hocba_server.city.certificates.expiry import expiring
from hocba_server.city.certificates.selectors import asked_to_end, registrations, waiting_for
from hocba_server.city.certificates.units import KEEPERS
from hocba_server.city.corrections.selectors import waiting_corrections
from hocba_server.city.gateway.selectors import packages, unit_names
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import DEPARTMENT_READERS, READERS, CityRole, deny_role
from hocba_server.city.recalls.selectors import waiting_requests
from hocba_server.city.repository.selectors import class_counts
from hocba_server.city.role import is_store
from hocba_server.city.upstream.selectors import waiting_report
from hocba_server.web.accounts.actor import Actor

_SHOWN = 20


@city_page
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    may_read = deny_role(by, *READERS) is None
    if is_store() and may_read:
        return redirect("city_store:received")
    newest = list(packages(by=by)[:_SHOWN]) if may_read else []
    context = {
        "waiting": waiting_for(by=by) if may_read else [],
        "asked_to_end": asked_to_end(by=by) if may_read else [],
        "expiring": len(expiring(registrations(by=by), at=timezone.now())) if may_read else 0,
        "decides": deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER) is None,
        "keeps_units": deny_role(by, *KEEPERS) is None,
        "at_department": deny_role(by, *DEPARTMENT_READERS, CityRole.ADMINISTRATOR) is None,
        "is_administrator": deny_role(by, CityRole.ADMINISTRATOR) is None,
        "is_inspector": deny_role(by, CityRole.INSPECTOR) is None,
        "packages": newest,
        "units": unit_names([row.unit_code for row in newest]),
        "classes": class_counts(by=by) if may_read else [],
        "may_read": may_read,
        "recalls": waiting_requests(by=by),
        "corrections": waiting_corrections(by=by),
        "upstream": waiting_report(by=by),
        "key_letters": len(waiting_letters(timezone.now())) if deny_confirming(by) is None else 0,
    }
    return render(request, "city_portal/home.html", context)
