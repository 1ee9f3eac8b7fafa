from __future__ import annotations

from django.urls import path

from hocba_server.city.upstream import views

app_name = "city_upstream"
urlpatterns = [
    path("so/bo/", views.overview, name="overview"),
    path("so/bo/dang-ky/", views.register, name="register"),
    path("so/bo/gui-ngay/", views.send_now, name="send_now"),
    path("so/bo/muc/", views.items, name="items"),
    path("so/bo/gui-lai/", views.resend, name="resend"),
    path("so/bo/goi/<int:message_id>/", views.message, name="message"),
    path("so/bo/bang/", views.tables, name="tables"),
    path("so/bo/bang/tep/", views.table_file, name="table_file"),
    path("so/bo/doi-chieu/", views.comparisons, name="comparisons"),
    path("so/bo/doi-chieu/moi/", views.compare, name="compare"),
    path("so/bo/doi-chieu/<int:reconciliation_id>/", views.comparison, name="comparison"),
    path("so/bo/doi-chieu/<int:reconciliation_id>/gui/", views.remedy, name="remedy"),
    path("so/bo/doi-chieu/<int:reconciliation_id>/tep/", views.comparison_file, name="file"),
]
