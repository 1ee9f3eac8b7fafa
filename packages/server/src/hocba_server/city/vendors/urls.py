from __future__ import annotations

from django.urls import path

from hocba_server.city.vendors import account_views, views

app_name = "city_vendors"
urlpatterns = [
    path("so/tai-khoan-cong/", account_views.accounts, name="accounts"),
    path("so/tai-khoan-cong/<int:account_id>/", account_views.account, name="account"),
    path(
        "so/tai-khoan-cong/<int:account_id>/dieu-kien/",
        account_views.set_terms,
        name="account_terms",
    ),
    path("so/tai-khoan-cong/<int:account_id>/khoa/", account_views.add_key, name="account_key"),
    path(
        "so/tai-khoan-cong/<int:account_id>/khoa/thu-hoi/",
        account_views.revoke_key,
        name="account_revoke_key",
    ),
    path(
        "so/tai-khoan-cong/<int:account_id>/token/thu-hoi/",
        account_views.revoke_tokens,
        name="account_revoke_tokens",
    ),
    path("so/nha-cung-cap/", views.vendors, name="vendors"),
    path("so/nha-cung-cap/<slug:code>/", views.vendor, name="vendor"),
    path("so/nha-cung-cap/<slug:code>/cong-tac/", views.switch, name="switch"),
    path("so/nha-cung-cap/<slug:code>/tai-khoan/", views.give_account, name="give_account"),
    path("so/nha-cung-cap/<slug:code>/tai-khoan/go/", views.take_account, name="take_account"),
    path("so/nha-cung-cap/<slug:code>/dieu-kien/", views.terms, name="terms"),
    path("so/nha-cung-cap/<slug:code>/khoa/", views.add_key, name="add_key"),
    path("so/nha-cung-cap/<slug:code>/khoa/thu-hoi/", views.revoke_key, name="revoke_key"),
    path("so/nha-cung-cap/<slug:code>/ket-noi/", views.set_active, name="set_active"),
]
