from __future__ import annotations

from django.urls import path

from hocba_server.city.recalls import views

app_name = "city_recalls"
urlpatterns = [
    path("so/thu-hoi/", views.requests, name="requests"),
    path("so/thu-hoi/<int:package_id>/", views.recall_request, name="request"),
    path("so/thu-hoi/<int:package_id>/quyet-dinh/", views.decide, name="decide"),
    path("so/thu-hoi/<int:package_id>/<int:case_id>/", views.case, name="case"),
]
