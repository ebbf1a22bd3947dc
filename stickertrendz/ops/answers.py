"""What one request to an outside service gave."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Quota:
    """What the service says of its own limit: calls a day, calls left."""

    limit: int | None
    left: int | None


@dataclass(frozen=True)
class Answer(Generic[T]):
    """The value; cost in micro-dollars; meters spent other than reserved; the quota told; ids worth keeping."""

    value: T
    cost_micro: int = 0
    spent: dict[str, int] = field(default_factory=dict)
    quota: Quota | None = None
    request_id: str = ""
    status: int | None = 200
    result: dict[str, Any] = field(default_factory=dict)
