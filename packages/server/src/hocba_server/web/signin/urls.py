from __future__ import annotations

from django.urls import path

from hocba_server.web.signin import key_views, views

app_name = "web_signin"
urlpatterns = [
    path("dang-nhap/", views.sign_in, name="sign_in"),
    path("dang-nhap/khoa/", views.passkey_answer, name="passkey_answer"),
    path("dang-nhap/khoa/bat-dau/", views.passkey_options, name="passkey_options"),
    path("thu-moi/", views.letter, name="letter"),
    path("thu-moi/tao/", key_views.first_key, name="first_key"),
    path("tai-khoan/", key_views.keys, name="keys"),
    path("tai-khoan/khoa/", key_views.add_answer, name="add_answer"),
    path("tai-khoan/khoa/bat-dau/", key_views.add_options, name="add_options"),
    path("tai-khoan/khoa/<int:passkey_id>/xoa/", key_views.remove_passkey, name="remove_passkey"),
    path("tai-khoan/ma/", key_views.code_app, name="code_app"),
    path("tai-khoan/ma/xoa/", key_views.remove_code_app, name="remove_code_app"),
    path("tai-khoan/thoat-het/", key_views.sign_out_everywhere, name="sign_out_everywhere"),
]
