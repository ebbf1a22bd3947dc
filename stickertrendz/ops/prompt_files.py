"""Words for models live in `<app>/prompts/NAME.txt`: a version line, then a [system] and a [user] part with $fields."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from django.conf import settings


@dataclass(frozen=True)
class Prompt:
    """version: `name/number`, stored with everything the prompt brought about."""

    version: str
    system: str
    user: str

    def filled(self, **fields: str) -> "Prompt":
        """The same with its $fields replaced; KeyError names one that was forgotten."""
        return Prompt(self.version, self.system, Template(self.user).substitute(fields))


@lru_cache(maxsize=32)
def load(app: str, name: str) -> Prompt:
    text = (Path(settings.BASE_DIR) / app / "prompts" / f"{name}.txt").read_text(encoding="utf-8")
    head, _, rest = text.partition("[system]")
    system, _, user = rest.partition("[user]")
    number = head.strip().removeprefix("version:").strip()
    return Prompt(f"{name}/{number}", system.strip(), user.strip())
