from __future__ import annotations

from django.urls import path

from hocba_server.school.reviewing import views

app_name = "school_reviewing"
urlpatterns = [
    path("tien-do/", views.board, name="board"),
    path("hoc-ba/<str:record_uuid>/doc-soat/", views.proof, name="proof"),
    path("hoc-ba/<str:record_uuid>/doc-soat/<int:page>.png", views.proof_page, name="proof_page"),
]
