"""Step 3, post-processing: its acceptance criteria, through the job and against the sandbox."""

import io

import pytest
from PIL import Image

from stickers.models import Generation, Size, Sticker
from stickertrendz.ops import storage
from stickertrendz.sandbox.server import Sandbox

from .conftest import Ready, RunJob

pytestmark = pytest.mark.django_db(transaction=True)


def picture(where: str, key: str) -> Image.Image:
    return Image.open(io.BytesIO(storage.load(where, key)))


def test_of_a_raw_1024_png_a_print_ready_900_png_with_transparency_and_a_300_thumbnail_are_stored(
    sandbox: Sandbox, ready: Ready, run_job: RunJob
) -> None:
    ready(2)
    run_job()
    assert Sticker.objects.count() >= 2
    for sticker in Sticker.objects.all():
        small = sticker.sizes.get(size=Size.Inches.SMALL)
        print_file, thumbnail = picture("private", small.print_key), picture("public", sticker.thumbnail_key)
        assert (print_file.size, print_file.mode, thumbnail.size) == ((900, 900), "RGBA", (300, 300))
        assert print_file.getpixel((0, 0))[3] == 0  # type: ignore[index]  # an RGBA pixel is a tuple
        assert len(storage.load("private", small.print_key)) < 2_000_000
        assert len(storage.load("public", sticker.thumbnail_key)) < 500_000
        assert storage.load("private", sticker.cut_path_key).lstrip().startswith(b"<")
        assert len(sticker.listing_images) >= 3


def test_the_large_size_is_offered_only_where_the_picture_carries_it(
    sandbox: Sandbox, ready: Ready, run_job: RunJob, settings: object
) -> None:
    settings.MIN_DPI_4IN = 10_000  # type: ignore[attr-defined]  # pytest-django's settings take any name
    ready(1)
    run_job()
    assert set(Size.objects.values_list("size", flat=True)) == {"3in"}


def test_an_image_mostly_blank_after_its_background_is_removed_is_rejected_as_quality_failed(
    blank: None, ready: Ready, run_job: RunJob
) -> None:
    ready(1)
    run_job()
    assert set(Generation.objects.values_list("status", flat=True)) == {"quality_failed"}
    assert all("mostly_blank" in str(each.failures) for each in Generation.objects.all())
    assert Generation.objects.count() == 9
    assert not Sticker.objects.exists()
