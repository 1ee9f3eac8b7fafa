from __future__ import annotations

from django.urls import path

from hocba_server.school.onboarding import views

app_name = "school_onboarding"
urlpatterns = [
    path("bat-dau/", views.start, name="start"),
    path("bat-dau/ky-thu/", views.keys, name="keys"),
]
