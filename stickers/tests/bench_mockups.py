"""What the listing's pictures cost, each template beside a warp of the whole frame."""

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from stickers import mockups
from stickers.mockup_templates import FOLDER, Template, load
from stickertrendz.testing import Bench

pytestmark = pytest.mark.bench
MOST_SECONDS = 0.25
SIDE = 1200


def art() -> Image.Image:
    """Soft colours under a few outlines, as drawings have."""
    tone = np.indices((SIDE, SIDE)).sum(axis=0) * 255 // (2 * SIDE)
    image = Image.fromarray(np.stack([tone, 255 - tone, tone // 2 + 90], axis=-1).astype(np.uint8)).convert("RGBA")
    cover = Image.new("L", image.size)
    ImageDraw.Draw(cover).ellipse((20, 20, SIDE - 20, SIDE - 20), fill=255)
    image.putalpha(cover)
    for radius in range(100, 600, 120):
        box = (SIDE // 2 - radius, SIDE // 2 - radius, SIDE // 2 + radius, SIDE // 2 + radius)
        ImageDraw.Draw(image).ellipse(box, outline="#222222", width=14)
    return image


STICKER = art()


def ours(template: Template) -> bytes:
    return mockups._jpeg(mockups._filled(template, STICKER, (3, 4)))


def naive(template: Template) -> bytes:
    """Without bend: perspective over the whole frame at twice the size, shadow and light over the whole frame too."""
    with Image.open(template.picture) as picture:
        scene = picture.convert("RGB")
    for place in template.places:
        numbers = mockups._perspective(tuple((2 * x, 2 * y) for x, y in place.corners))
        numbers[:6] *= SIDE
        frame = (2 * scene.width, 2 * scene.height)
        laid = STICKER.transform(frame, Image.Transform.PERSPECTIVE, numbers.tolist(), Image.Resampling.BICUBIC)
        laid = laid.resize(scene.size, Image.Resampling.LANCZOS)
        light = Image.merge("RGB", [scene.convert("L").filter(ImageFilter.GaussianBlur(14))] * 3)
        cover = laid.getchannel("A")
        fallen = ImageChops.offset(cover, 3, 6).filter(ImageFilter.GaussianBlur(8))
        scene.paste((16, 16, 20), mask=fallen.point([level // 2 for level in range(256)]))
        scene.paste(ImageChops.screen(ImageChops.multiply(laid.convert("RGB"), light), light), mask=cover)
    file = io.BytesIO()
    scene.save(file, "JPEG", quality=90)
    return file.getvalue()


def cpu_seconds(template: Template) -> float:
    start = time.process_time()
    ours(template)
    return time.process_time() - start


@pytest.mark.parametrize("template", load(FOLDER), ids=lambda template: template.name)
def test_template_takes_at_most_a_quarter_second(bench: Bench, template: Template) -> None:
    bench.compare(f"mock-up {template.name}", lambda: ours(template), lambda: naive(template), at_least=1.5)
    bench.figure(f"mock-up {template.name}, time", min(cpu_seconds(template) for _ in range(5)), "s", MOST_SECONDS)


@pytest.mark.timeout(600)
def test_a_hundred_stickers_take_no_more_memory_than_five(bench: Bench) -> None:
    file = io.BytesIO()
    STICKER.save(file, "PNG", compress_level=1)
    for _ in range(5):
        mockups.listing_images(file.getvalue())
    before = resident_kib()
    for _ in range(95):
        mockups.listing_images(file.getvalue())
    bench.figure(
        "mock-ups, process grown from the 5th to the 100th sticker", (resident_kib() - before) / 1024, "MiB", 30
    )


def resident_kib() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
