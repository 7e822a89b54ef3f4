"""Sentences that can be translated: a template, and what is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """template: English, with the values' names in braces. A value is a number or a name as text, or Words again."""

    template: str
    values: Mapping[str, str | Words] = field(default_factory=dict)

    def text(self, translated: Callable[[str], str] = str) -> str:
        """The sentence; `translated` gives a template in another language."""
        values = {
            name: value.text(translated) if isinstance(value, Words) else value for name, value in self.values.items()
        }
        return translated(self.template).format(**values)


def some(count: int, one: str, many: str) -> Words:
    """The template for one or for many; both may name {count}."""
    return Words(one if count == 1 else many, {"count": f"{count:,}"})
