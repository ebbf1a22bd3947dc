"""Words for models live in `<app>/prompts/NAME.txt`: a version line, then a [system] and a [user] part with $fields.

The version stored with everything a prompt brings about is `name/number.digest`: the number is the file's first line,
the digest is taken of its words, so that an edit without a new number is told apart all the same.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from django.conf import settings


@dataclass(frozen=True)
class Prompt:
    """version: `name/number.digest`, stored with everything the prompt brought about."""

    version: str
    system: str
    user: str

    def filled(self, **fields: str) -> "Prompt":
        """The same with its $fields replaced; KeyError names one that was forgotten."""
        return Prompt(self.version, self.system, Template(self.user).substitute(fields))

    def text(self) -> str:
        """Both parts as a transcript keeps them; `parse` reads them back."""
        return f"[system]\n{self.system}\n\n[user]\n{self.user}"


@lru_cache(maxsize=32)
def load(app: str, name: str) -> Prompt:
    text = (Path(settings.BASE_DIR) / app / "prompts" / f"{name}.txt").read_text(encoding="utf-8")
    head, mark, words = text.partition("[system]")
    number = head.strip().removeprefix("version:").strip()
    digest = hashlib.sha256(words.strip().encode()).hexdigest()[:6]
    return parse(f"{name}/{number}.{digest}", mark + words)


def parse(version: str, text: str) -> Prompt:
    """The prompt of a request that a transcript kept, or of a file without its first line."""
    system, _, user = text.partition("[system]")[2].partition("[user]")
    return Prompt(version, system.strip(), user.strip())
