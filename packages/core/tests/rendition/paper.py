"""What happens to a print on its way: printed, copied on a bad machine, photographed by a phone.

Everything is drawn by mutool and Pillow, so that no code of ours decides how a code looks.
"""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter


def sheets(pdf: bytes, folder: Path, *, dots: int = 300) -> list[Image.Image]:
    """The pages as a printer of so many dots an inch draws them, in grey."""
    file = folder / "print.pdf"
    file.write_bytes(pdf)
    subprocess.run(
        ["mutool", "draw", "-q", "-r", str(dots), "-c", "gray", "-o", folder / "%d.png", file],
        check=True,
        capture_output=True,
    )
    names = sorted(folder.glob("[0-9]*.png"), key=lambda each: int(each.stem))
    return [Image.open(name).convert("L") for name in names]


def photocopied(sheet: Image.Image, *, dots: int = 200, seed: int = 1) -> Image.Image:
    """A copy in black and white at 200 dots an inch, a little askew, with dust."""
    small = sheet.resize((sheet.width * dots // 300, sheet.height * dots // 300), Image.BILINEAR)
    askew = small.rotate(1.3, resample=Image.BICUBIC, expand=True, fillcolor=255)
    blurred = askew.filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.effect_noise(blurred.size, 60)
    dusty = Image.blend(blurred, noise, 0.18)
    return dusty.point(lambda grey: 255 if grey > 125 else 0)


def photographed(sheet: Image.Image, *, dots: int = 220) -> Image.Image:
    """A cheap phone's picture of a sheet: turned, in perspective, soft, noisy and as JPEG."""
    small = sheet.resize((sheet.width * dots // 300, sheet.height * dots // 300), Image.BILINEAR)
    wide, high = small.size
    tilt = int(wide * 0.03)
    corners = (-tilt, 0, 0, high, wide, high, wide + tilt, 0)
    seen = small.transform((wide, high), Image.QUAD, corners, Image.BICUBIC, fillcolor=200)
    turned = seen.rotate(4, resample=Image.BICUBIC, expand=True, fillcolor=190)
    soft = turned.filter(ImageFilter.GaussianBlur(0.8))
    noisy = Image.blend(soft, Image.effect_noise(soft.size, 40), 0.12)
    shaded = noisy.point(lambda grey: int(grey * 0.8) + 10)
    out = BytesIO()
    shaded.save(out, "JPEG", quality=60)
    return Image.open(BytesIO(out.getvalue())).convert("L")
