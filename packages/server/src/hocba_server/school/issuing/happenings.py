"""What happens to the records of a class that others should hear of.

Sent inside the transaction of the change, with `by` and `at`; this room does not know who listens.
"""

from __future__ import annotations

from typing import Final

from django.dispatch import Signal

records_moved: Final = Signal()
"""`batch`: records were created, returned or created anew; other people are next in it."""
