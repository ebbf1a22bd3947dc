"""What the cut-out of one picture costs, stage by stage, beside a chain of Pillow calls; and a worker's memory."""

import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from stickers import cutout, quality
from stickers.border import FINE, distance_field
from stickers.cutpath import cut_path_svg
from stickers.decode import decode
from stickers.matte import separate
from stickers.tests.test_shadowed_art import composed, inked
from stickertrendz.sandbox.art import draw_sticker
from stickertrendz.testing import Bench

pytestmark = pytest.mark.bench
TOPICS = ("happy fox", "grumpy cat in a wizard hat", "sleepy capybara", "jolly mushroom", "tiny dragon")
MOST_MS, TRIES = 250, 7
IMAGES, MOST_MB = 500, 300


def milliseconds(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return 1000 * (time.thread_time() - start)


def usual(work: Callable[[bytes], object], pictures: list[bytes]) -> float:
    """Milliseconds of the median picture, each in its best try, since other programs slow the rest."""
    return statistics.median(min(milliseconds(partial(work, data)) for _ in range(TRIES)) for data in pictures)


def whole(data: bytes) -> None:
    quality.check(data, cutout.cut_out(data))


def pillow_mask(image: Image.Image) -> Image.Image:
    """The subject by flood fill, at a quarter of the size because at full size it takes 0.8 s."""
    small = image.resize((256, 256), Image.Resampling.BOX)
    ImageDraw.floodfill(small, (0, 0), (255, 0, 255), thresh=40)
    red, green, blue = small.split()
    marked = Image.merge("RGB", (red, green.point(lambda level: 255 - level), blue)).convert("L")
    return marked.point(lambda level: 0 if level == 255 else 255).resize(image.size, Image.Resampling.BILINEAR)


def pillow_chain(data: bytes) -> None:
    """The fastest we could write with Pillow alone: no shadows, islands, cut path or checks; a border by blur."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    mask = pillow_mask(image)
    image.paste("white", mask=mask.point(lambda level: 255 - level))
    box = mask.getbbox()
    for side in (900, 1200):
        sticker, cover = (each.crop(box).resize((side, side), Image.Resampling.LANCZOS) for each in (image, mask))
        sticker.putalpha(cover.filter(ImageFilter.BoxBlur(24)).point(lambda level: 255 if level > 8 else 0))
        sticker.save(io.BytesIO(), "PNG", **cutout.PNG)
    sticker.reduce(4).save(io.BytesIO(), "PNG", **cutout.PNG)


def test_one_picture_is_cut_out_and_checked_in_a_quarter_of_a_second(bench: Bench) -> None:
    pictures = [draw_sticker(f"a {topic}", number) for number, topic in enumerate(TOPICS)]
    ours, naive = usual(whole, pictures), usual(pillow_chain, pictures)
    bench.figure("cut-out: whole chain, one 1024² picture", ours, "ms", limit=MOST_MS, naive=naive)


def test_each_stage_of_the_cut_out_is_told(bench: Bench) -> None:
    data = draw_sticker("a happy fox", 0)
    picture = decode(data)
    parts = separate(picture)
    layout = cutout._layout(cutout._content(parts.alpha))
    art, seen = Image.fromarray(parts.on_white), cutout._seen
    field = distance_field(np.asarray(seen(Image.fromarray(parts.alpha), layout, FINE, 0)))
    small, large = (cutout._sticker(art, layout, field, side) for side in (900, 1200))
    cut = cutout.cut_out(data)
    stages: dict[str, Callable[[], object]] = {
        "decode": lambda: decode(data),
        "matte": lambda: separate(picture),
        "distances": lambda: distance_field(np.asarray(seen(Image.fromarray(parts.alpha), layout, FINE, 0))),
        "crop and border 900²": lambda: cutout._sticker(art, layout, field, 900),
        "crop and border 1200²": lambda: cutout._sticker(art, layout, field, 1200),
        "PNG 900²": lambda: cutout._print_png(small),
        "PNG 1200²": lambda: cutout._print_png(large),
        "thumbnail 300²": lambda: cutout._png(small.reduce(3), 100),
        "cut path": lambda: cut_path_svg(field),
        "pieces": lambda: cutout._pieces(field, layout),
        "measures": lambda: cutout._measured(picture, parts, cut.content, 1),
        "checks": lambda: quality.check(data, cut),
    }
    for name, work in stages.items():
        bench.figure(f"cut-out: {name}", statistics.median(milliseconds(work) for _ in range(5)), "ms")


def test_opacity_of_a_shadowed_picture_is_ten_times_nearer_the_truth_than_by_flood_fill(bench: Bench) -> None:
    subject = inked("bunny")
    image, truth = composed(subject, "soft", "noisy off-white"), np.asarray(subject.getchannel("A")) / 255
    ours, naive = (
        float(np.abs(np.asarray(alpha) / 255 - truth).mean()) for alpha in (separate(image).alpha, pillow_mask(image))
    )
    bench.figure("cut-out: mean error of opacity, soft shadow", ours, "", limit=naive / 10, naive=naive)


WORKER = """
import sys
from stickers import cutout, quality
from stickertrendz.sandbox.art import draw_sticker

def resident():
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return [int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]

pictures = [draw_sticker(f"a happy {name}", 1) for name in ("fox", "mushroom", "bunny", "cactus")]
for number in range(int(sys.argv[1])):
    data = pictures[number % len(pictures)]
    quality.check(data, cutout.cut_out(data))
    if number + 1 in (20, int(sys.argv[1]) // 2, int(sys.argv[1])):
        print(*resident(), flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from Linux's /proc")
def test_memory_of_a_worker_stays_flat_over_hundreds_of_pictures(bench: Bench) -> None:
    command = [sys.executable, "-c", WORKER, str(IMAGES)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=850).stdout
    rows = [[float(number) for number in line.split()] for line in told.splitlines()]
    for when, (resident, _) in zip((f"20 of {IMAGES}", "half", "all"), rows, strict=True):
        bench.figure(f"cut-out: resident after {when}", resident, "MB", limit=MOST_MB)
    bench.figure("cut-out: most ever resident", rows[-1][1], "MB", limit=MOST_MB)
    assert rows[-1][0] - rows[0][0] < 20
