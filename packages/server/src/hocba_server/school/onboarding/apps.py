from __future__ import annotations

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    """From nothing to a signed class: what is done, what comes next, and whose it is."""

    name = "hocba_server.school.onboarding"
    label = "school_onboarding"
    verbose_name = "bắt đầu"
    default_auto_field = "django.db.models.BigAutoField"
