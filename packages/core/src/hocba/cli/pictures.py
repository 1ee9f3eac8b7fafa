"""Reading the codes of a print from a picture: a photograph or a scan of the paper."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from hocba.errors import Malformed
from hocba.rendition.print_code import PREFIX

_KINDS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"II*\x00", b"MM\x00*", b"BM")
_MAX_PIXELS: Final = 120_000_000
"""A sheet of A4 at 1,000 dots an inch has 97 million."""


def is_picture(data: bytes) -> bool:
    """Tell whether these bytes begin as PNG, JPEG, WebP, TIFF or BMP do."""
    return data.startswith(_KINDS)


def codes_in_picture(data: bytes) -> list[str]:
    """The texts of the signed codes in a picture, from top to bottom.

    Raises `Malformed`: `picture` when it cannot be read, `picture_codes` when it shows no code.
    """
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise _unreadable()
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _unreadable() from None
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
    texts = [each.text for each in found if each.text.startswith(PREFIX)]
    if not texts:
        raise Malformed(
            "picture_codes",
            "Không thấy mã xác thực nào trong ảnh. Chụp lại cho phẳng, đủ sáng và gần hơn.",
            "There is no code in the picture. Take it again: flat, bright and closer.",
        )
    return list(dict.fromkeys(texts))


def _unreadable() -> Malformed:
    return Malformed("picture", "Không đọc được tệp ảnh này.", "This picture cannot be read.")
