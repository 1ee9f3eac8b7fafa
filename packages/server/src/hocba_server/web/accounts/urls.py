from __future__ import annotations

from django.urls import path

from hocba_server.web.accounts import views

app_name = "web_accounts"
urlpatterns = [
    path("", views.start, name="start"),
    path("vao/", views.demo_sign_in, name="demo_sign_in"),
    path("noi-lam-viec/", views.workplace, name="workplace"),
    path("ra/", views.sign_out, name="sign_out"),
]
