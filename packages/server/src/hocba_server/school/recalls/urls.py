from __future__ import annotations

from django.urls import path

from hocba_server.school.recalls import correction_views, views

app_name = "school_recalls"
urlpatterns = [
    path("thu-hoi/", views.requests, name="requests"),
    path("dot/<int:batch_id>/thu-hoi/", views.ask, name="ask"),
    path("thu-hoi/<int:request_id>/", views.recall_request, name="request"),
    path("thu-hoi/<int:request_id>/hoi/", views.poll, name="poll"),
    path("dot/<int:batch_id>/chot/", correction_views.learn, name="learn"),
    path("hoc-ba/<str:record_uuid>/chinh-ly/", correction_views.prepare, name="prepare"),
    path("chinh-ly/<int:draft_id>/", correction_views.draft, name="draft"),
    path("chinh-ly/<int:draft_id>/bo/", correction_views.drop, name="drop"),
    path("chinh-ly/<int:draft_id>/tep/<int:position>/", correction_views.file, name="file"),
]
