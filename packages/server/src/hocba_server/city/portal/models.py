from __future__ import annotations

from typing import ClassVar

from django.db import models


class LookupAttempt(models.Model):
    """A failed look-up by record number, counted against guessing. Holds no address in clear."""

    source = models.CharField("nguồn (băm)", max_length=64)
    record_key = models.CharField("mã tra cứu (băm)", max_length=64)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lần tra cứu"
        indexes: ClassVar = [
            models.Index(fields=["source", "at"], name="attempt_source"),
            models.Index(fields=["record_key", "at"], name="attempt_record"),
        ]

    def __str__(self) -> str:
        return self.source[:8]
