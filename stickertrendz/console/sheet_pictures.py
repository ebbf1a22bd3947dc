"""Draws gang sheets for the screen: each design in its cut line, where the print file has it."""

import base64
import io
from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image

from fulfillment.cut_files import registration_marks
from fulfillment.cut_lines import Outline
from fulfillment.gang_sheets import Art, Laid
from fulfillment.nesting import Sheet

DOTS = 160  # of a design's picture: enough for a thumbnail of the sheet


def draw(pages: Iterable[Sequence[Laid]], sheet: Sheet) -> list[SafeString]:
    """An SVG for each sheet, a unit to the inch; each design's picture is read once."""
    pages = list(pages)
    arts = {one.wanted.art.sku: one.wanted.art for page in pages for one in page}
    pictures = {sku: _picture(art) for sku, art in arts.items()}
    return [_sheet(number, page, sheet, pictures) for number, page in enumerate(pages, 1)]


def _picture(art: Art) -> str:
    image = Image.open(io.BytesIO(art.read_print()))
    image.thumbnail((DOTS, DOTS))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _sheet(number: int, page: Sequence[Laid], sheet: Sheet, pictures: dict[str, str]) -> SafeString:
    shown: dict[str, Laid] = {one.wanted.art.sku: one for one in page}
    designs = format_html_join("", "{}", ((_design(number, one, pictures[sku]),) for sku, one in shown.items()))
    uses = ((_id(number, one), _moved(one)) for one in page)
    stickers = format_html_join("", '<use href="#{}" transform="{}"/>', uses)
    boxes = ((box.left, box.top, box.right - box.left, box.bottom - box.top) for box in registration_marks(sheet))
    marks = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"/>', boxes)
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="Sheet {} with {} stickers"><defs>{}</defs>{}{}</svg>',
        sheet.width, sheet.height, number, len(page), designs, stickers, marks,
    )  # fmt: skip


def _design(number: int, one: Laid, picture: str) -> SafeString:
    outline, (left, top) = one.outline, one.outline.offset
    image = format_html(
        '<image href="{}" x="{}" y="{}" width="{}" height="{}"/>',
        picture, f"{left:.3f}", f"{top:.3f}", outline.picture, outline.picture,
    )  # fmt: skip
    line = format_html('<path d="{}" fill="none" stroke="#d0009b" stroke-width=".02"/>', _line(outline))
    return format_html('<g id="{}">{}{}</g>', _id(number, one), image, line)


def _line(outline: Outline) -> str:
    return "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points.tolist()) + "Z" for points in outline.contours)


def _moved(one: Laid) -> str:
    """As the PDF does it: turned clockwise, its turned box at its place."""
    wide, high, quarters = one.outline.width, one.outline.height, one.placement.quarters % 4
    right, down = ((0, 0), (high, 0), (wide, high), (0, wide))[quarters]
    left, top = one.placement.left + right, one.placement.top + down
    return f"translate({left:.3f} {top:.3f}) rotate({90 * quarters})"


def _id(number: int, one: Laid) -> str:
    return f"sheet-{number}-{one.wanted.art.sku}"
