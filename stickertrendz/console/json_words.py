"""What is kept as JSON, shown as small tables: names and figures, one within another."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

DEEPEST = 4


def shown(value: Any, depth: int = 0) -> SafeString | str:
    """Objects as tables, lists one below another, everything else as itself; empty as a dash."""
    if value in (None, "", [], {}):
        return "–"
    if depth < DEEPEST and isinstance(value, dict):
        rows = ((str(name).replace("_", " "), shown(held, depth + 1)) for name, held in sorted(value.items()))
        lines = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows)
        return format_html('<table class="pairs">{}</table>', lines)
    if depth < DEEPEST and isinstance(value, list):
        return format_html_join("", "<div>{}</div>", ((shown(one, depth + 1),) for one in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
