"""Reading pictures from strangers: a small RGB or RGBA image comes out, or one clear refusal."""

import io

from PIL import Image, ImageOps

MAX_BYTES = 20_000_000
MAX_PIXELS = 2048 * 2048
MIN_SIDE = 64
FORMATS = ("PNG", "JPEG", "WEBP")
MODES = {"RGB", "RGBA", "P", "L", "LA", "1"}


class BadImage(ValueError):
    """The bytes are no picture we work with; `reason` says why in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(data: bytes) -> Image.Image:
    """An RGBA image where the file has transparency, else RGB; turned as its EXIF says. Raises BadImage."""
    if len(data) > MAX_BYTES:
        raise BadImage(f"the file has {len(data):,} bytes, more than {MAX_BYTES:,}")
    try:
        # Only the header is read here, so a bomb is refused before it is unpacked.
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        refuse_unfit(image)
        has_alpha = image.mode in {"RGBA", "LA"} or "transparency" in image.info
        return ImageOps.exif_transpose(image.convert("RGBA" if has_alpha else "RGB"))
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(f"the picture has far more than {MAX_PIXELS:,} pixels") from error
    except Exception as error:  # decoders raise anything from SyntaxError to struct.error on broken files
        raise BadImage("the file cannot be read as a picture: it is damaged, or no PNG, JPEG or WebP") from error


def refuse_unfit(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise BadImage(f"the picture is {width} by {height}, more than {MAX_PIXELS:,} pixels")
    if min(width, height) < MIN_SIDE:
        raise BadImage(f"the picture is {width} by {height}, less than {MIN_SIDE} pixels on a side")
    if getattr(image, "n_frames", 1) > 1:
        raise BadImage("the picture is animated")
    if image.mode not in MODES:
        raise BadImage(f"the picture's colour mode is {image.mode}")
