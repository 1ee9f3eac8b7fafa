from __future__ import annotations

from django.urls import path

from hocba_server.city.corrections import views

app_name = "city_corrections"
urlpatterns = [
    path("so/chinh-ly/", views.requests, name="requests"),
    path("so/chinh-ly/<int:case_id>/", views.case, name="case"),
    path("so/chinh-ly/<int:case_id>/quyet-dinh/", views.decide, name="decide"),
    path("so/chinh-ly/<int:case_id>/yeu-cau/", views.signed_request, name="signed_request"),
    path("so/chinh-ly/<int:case_id>/tep/<int:position>/", views.file, name="file"),
]
