from __future__ import annotations

from django.urls import path

from hocba_server.school.situation import views

app_name = "school_situation"
urlpatterns = [
    path("tinh-hinh/", views.situation, name="situation"),
    path("tinh-hinh/<str:school_year>/", views.word, name="word"),
]
