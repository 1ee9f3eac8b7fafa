from __future__ import annotations

from django.urls import path

from hocba_server.school.statements import views

app_name = "school_statements"
urlpatterns = [
    path("giay-to-ky/", views.statements, name="statements"),
    path("giay-to-ky/<int:statement_id>/tep.pdf", views.download, name="download"),
    path("giay-to-ky/<str:step>/ky/", views.sign, name="sign"),
    path("giay-to-ky/<str:step>/luot/", views.next_round, name="next_round"),
    path("giay-to-ky/<str:step>/luot/xong/", views.complete_round, name="complete_round"),
    path("lop/<int:classroom_id>/lap-phieu/", views.draw_sheets, name="draw_sheets"),
    path("hoc-sinh/<int:enrolment_id>/ket-qua-den-nay/", views.draw_results, name="draw_results"),
]
