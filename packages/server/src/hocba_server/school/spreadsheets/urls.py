from __future__ import annotations

from django.urls import path

from hocba_server.school.spreadsheets import views

app_name = "school_spreadsheets"
urlpatterns = [
    path("nhap/danh-sach/", views.class_list, name="class_list"),
    path("lop/<int:classroom_id>/nhap/mon/<str:subject_code>/", views.subject, name="subject"),
    path("lop/<int:classroom_id>/nhap/pham-chat-nang-luc/", views.traits, name="traits"),
    path("nhap/<uuid:preview_id>/", views.preview, name="preview"),
    path("nhap/<uuid:preview_id>/luu/", views.save, name="save"),
]
