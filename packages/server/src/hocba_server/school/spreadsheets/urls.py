from __future__ import annotations

from django.urls import path

from hocba_server.school.spreadsheets import bundle_views, catalogue_views, export_views, views

app_name = "school_spreadsheets"
urlpatterns = [
    path("nhap/danh-sach/", views.class_list, name="class_list"),
    path("nhap/danh-muc/", catalogue_views.catalogues, name="catalogues"),
    path("lop/<int:classroom_id>/bang-tinh/", bundle_views.class_files, name="class_files"),
    path("lop/<int:classroom_id>/nhap/mon/<str:subject_code>/", views.subject, name="subject"),
    path("lop/<int:classroom_id>/nhap/pham-chat-nang-luc/", views.traits, name="traits"),
    path("lop/<int:classroom_id>/nhap/chu-nhiem/", views.homeroom, name="homeroom"),
    path("lop/<int:classroom_id>/xuat/", export_views.export, name="export"),
    path("nhap/<uuid:preview_id>/", views.preview, name="preview"),
    path("nhap/<uuid:preview_id>/luu/", views.save, name="save"),
    path("nhap/nhom/<uuid:bundle_id>/", bundle_views.bundle, name="bundle"),
    path("nhap/nhom/<uuid:bundle_id>/luu/", bundle_views.save, name="save_bundle"),
]
