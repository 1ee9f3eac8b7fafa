from __future__ import annotations

from django.urls import path

from hocba_server.school.recalls import views

app_name = "school_recalls"
urlpatterns = [
    path("thu-hoi/", views.requests, name="requests"),
    path("dot/<int:batch_id>/thu-hoi/", views.ask, name="ask"),
    path("thu-hoi/<int:request_id>/", views.recall_request, name="request"),
    path("thu-hoi/<int:request_id>/hoi/", views.poll, name="poll"),
]
