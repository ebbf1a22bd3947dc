"""Draws gang sheets for the screen: each design in its cut line, where the print file has it."""

import base64
import io
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fulfillment.cut_files import registration_marks
from fulfillment.cut_lines import Outline
from fulfillment.gang_sheets import Laid, Page
from fulfillment.gang_sheets import picture as print_picture
from fulfillment.nesting import Sheet

DOTS = 160  # of a design's picture: enough for a thumbnail of the sheet


def draw(pages: Sequence[Page], sheet: Sheet) -> list[SafeString]:
    """An SVG for each sheet, a unit to the inch; each design's picture is read once. Raises CannotPrint."""
    kinds = {one.wanted.art.sku: one for page in pages for one in page}
    pictures = {sku: _picture(one) for sku, one in kinds.items()}
    return [_sheet(number, page, sheet, pictures) for number, page in enumerate(pages, 1)]


def _picture(one: Laid) -> str:
    image = print_picture(one.wanted.art, one.outline)
    image.thumbnail((DOTS, DOTS))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _sheet(number: int, page: Page, sheet: Sheet, pictures: dict[str, str]) -> SafeString:
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
    """Cut off at its line, as in print: its picture's corners would cover its neighbours."""
    name, line, outline, (left, top) = _id(number, one), _line(one.outline), one.outline, one.outline.offset
    image = format_html(
        '<image href="{}" x="{}" y="{}" width="{}" height="{}" clip-path="url(#{}-cut)"/>',
        picture, f"{left:.3f}", f"{top:.3f}", outline.picture, outline.picture, name,
    )  # fmt: skip
    clip = format_html('<clipPath id="{}-cut"><path d="{}"/></clipPath>', name, line)
    drawn = format_html('<path d="{}" fill="none" stroke="#d0009b" stroke-width=".02"/>', line)
    return format_html('{}<g id="{}">{}{}</g>', clip, name, image, drawn)


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
