"""HTML that cannot be broken by what is written into it: text is escaped unless it is markup already."""

from __future__ import annotations

import html
from collections.abc import Iterable

EMPTY = ("img", "meta")
"""Elements without an end."""


class Html(str):
    """Markup, in which text has been escaped."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str) -> Html:
    """An element; a plain str among the children is text. class_ stands for class."""
    written = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    if name in EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def joined(children: Iterable[str], between: str = "") -> Html:
    return Html(between.join(child if isinstance(child, Html) else html.escape(child) for child in children))


def table(head: Iterable[str], rows: Iterable[Iterable[str]], class_: str) -> Html:
    """Rows of cells; the first cell of each names it."""
    top = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    body = []
    for first, *others in rows:
        body.append(tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others)))
    return tag("table", tag("thead", top), tag("tbody", *body), class_=class_)
