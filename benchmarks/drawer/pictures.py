"""Pages as a scanner or a telephone sees them: a PDF's pages to images, tilted, noisy, lit from one side."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Exif, Image

SCAN_DPI = 150
DESKS = {"oak": (139, 104, 70), "slate": (84, 90, 96), "cloth": (196, 188, 172), "steel": (168, 172, 176)}
"""What papers lie on when they are photographed."""


def pages(document: bytes, dpi: int) -> list[Image]:
    """Return a PDF's pages as images."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(document)
    try:
        return [opened[at].render(scale=dpi / 72).to_pil().convert("RGB") for at in range(len(opened))]
    finally:
        opened.close()


def scan(document: bytes, at: dt.datetime, hints: Mapping[str, Any], random: np.random.Generator) -> bytes:
    """Return a PDF of grey images alone, as an office scanner makes it of these pages."""
    from PIL import Image

    tilt = float(hints.get("tilt", 0.5))
    images = []
    for page in pages(document, SCAN_DPI):
        grey = page.convert("L").rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255)
        images.append(_noisy(grey, 7, random))
    file = io.BytesIO()
    made = at.timetuple()
    images[0].save(
        file, "PDF", resolution=SCAN_DPI, save_all=True, append_images=images[1:], quality=50,
        creationDate=made, modDate=made, producer="Inkwell MF-310 scanner",
    )  # fmt: skip
    return file.getvalue()


def photo(document: bytes, form: str, hints: Mapping[str, Any], random: np.random.Generator) -> bytes:
    """Return a photo of the first page on a desk.

    Args:
        form: jpeg, png or heic.
        hints: `taken` and `camera` for the EXIF, `tilt` in degrees, `blur` in pixels, `desk`, `dpi`; `turned` by so
            many degrees, which the EXIF tells as well unless `untold`.
    """
    from PIL import Image, ImageFilter

    page = pages(document, int(hints.get("dpi", 170)))[0]
    margin = 60
    desk = Image.new("RGB", (page.width + 2 * margin, page.height + 2 * margin), DESKS[hints.get("desk", "oak")])
    mask = Image.new("L", page.size, 255)
    where = (margin, margin)
    layer, cut = Image.new("RGB", desk.size), Image.new("L", desk.size)
    layer.paste(page, where)
    cut.paste(mask, where)
    tilt = float(hints.get("tilt", -1.5))
    layer, cut = (each.rotate(tilt, Image.Resampling.BICUBIC) for each in (layer, cut))
    desk.paste(layer, mask=cut)
    picture = _noisy(_lit(desk), 6, random)
    if blur := hints.get("blur"):
        picture = picture.filter(ImageFilter.GaussianBlur(float(blur)))
    turned = int(hints.get("turned", 0))
    if turned:
        picture = picture.rotate(turned, expand=True)
    exif = _exif(hints, 1 if hints.get("untold") else {0: 1, 90: 6, 180: 3, 270: 8}[turned])
    file = io.BytesIO()
    if form == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
        picture.save(file, "HEIF", quality=55, exif=exif.tobytes())
    elif form == "png":
        picture.quantize(64).save(file, "PNG")  # as sent by a messenger, which takes the EXIF off
    else:
        picture.save(file, "JPEG", quality=72, exif=exif)
    return file.getvalue()


def _noisy(image: Image, strength: float, random: np.random.Generator) -> Image:
    import numpy as np
    from PIL import Image as Images

    values = np.asarray(image, np.float32)
    grain = random.standard_normal(values.shape[:2], np.float32) * strength
    grain = grain[..., None] if values.ndim == 3 else grain
    return Images.fromarray(np.clip(values + grain, 0, 255).astype(np.uint8))


def _lit(image: Image) -> Image:
    """Darken towards one corner, and warm it, as a kitchen lamp does."""
    import numpy as np
    from PIL import Image as Images

    values = np.asarray(image, np.float32)
    down, across = np.mgrid[0 : values.shape[0], 0 : values.shape[1]].astype(np.float32)
    light = 1 - 0.22 * (down / values.shape[0] + across / values.shape[1]) / 2
    warm = np.array([0.99, 0.96, 0.89], np.float32)
    return Images.fromarray(np.clip(values * light[..., None] * warm, 0, 255).astype(np.uint8))


def _exif(hints: Mapping[str, Any], orientation: int) -> Exif:
    from PIL import ExifTags, Image

    exif = Image.Exif()
    taken = hints.get("taken")
    if taken is None:
        return exif
    stamp = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif[ExifTags.Base.Make], _, exif[ExifTags.Base.Model] = str(hints.get("camera", "Pelican P3")).partition(" ")
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.DateTime] = stamp
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = stamp
    return exif
