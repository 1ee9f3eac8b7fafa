from __future__ import annotations

from django.urls import path

from hocba_server.school.phrases import grid_views, sheet_views, views

app_name = "school_phrases"
urlpatterns = [
    path("nhan-xet/", views.phrases, name="phrases"),
    path("nhan-xet/them/", views.add, name="add"),
    path("nhan-xet/<int:phrase_id>/sua/", views.edit, name="edit"),
    path("nhan-xet/<int:phrase_id>/xoa/", views.remove, name="remove"),
    path("nhan-xet/<int:phrase_id>/hoan-tac/", views.restore, name="restore"),
    path("nhan-xet/<int:phrase_id>/de-xuat/", views.propose, name="propose"),
    path("nhan-xet/<int:phrase_id>/nhan/", views.accept, name="accept"),
    path("nhan-xet/<int:phrase_id>/khong-nhan/", views.decline, name="decline"),
    path("nhan-xet/bo-mau/", views.starter, name="starter"),
    path("nhan-xet/xuat/", sheet_views.export, name="export"),
    path("nhan-xet/nhap/", sheet_views.upload, name="upload"),
    path("nhan-xet/nhap/<uuid:preview_id>/", sheet_views.preview, name="preview"),
    path("nhan-xet/nhap/<uuid:preview_id>/luu/", sheet_views.save, name="save"),
    path("nhan-xet/goi-y", grid_views.suggest, name="suggest"),
    path("nhan-xet/dung", grid_views.use, name="use"),
]
