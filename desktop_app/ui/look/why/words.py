"""What the Why page says."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from desktop_app.core.attribution.attribution import Attribution, Method
from desktop_app.core.attribution.faithfulness import TENTH, Curves
from desktop_app.core.filters.shares import two_shares
from desktop_app.core.numerals import short

MUCH_MISSED = 0.05
"""Part of the rise from which on what integrated gradients miss is worth a warning."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Why", text)


def how(method: Method) -> str:
    """One sentence on how it finds its map."""
    return {
        "grad_cam": _tr("Looks where the late maps lie that raise this class's logit. Quick, but coarse."),
        "occlusion": _tr("Covers one piece after the other and watches how far this class's probability falls."),
        "integrated_gradients": _tr(
            "Lets the picture appear, and adds up how much each pixel raises this class's logit."
        ),
        "rollout": _tr("Follows through all blocks where attention went. The same for every class."),
    }[method]


def legend_words(attribution: Attribution) -> tuple[str, str]:
    """What the darkest and the brightest colour stand for; nothing where there is nothing to see."""
    top = attribution.top
    if top <= 0:
        return "", ""
    match attribution.method:
        case "occlusion":
            return "0", _tr("{points} points lost").format(points=_points(top))
        case "integrated_gradients":
            return "0", _tr("{value} of the logit").format(value=short(top))
        case "rollout":
            return f"{_points(attribution.bottom)} %", _tr("{part} % of attention").format(part=_points(top))
        case "grad_cam":
            return "0", _tr("≈ {value} of the logit").format(value=short(top))


def map_in_words(attribution: Attribution, class_name: str) -> str:
    """For the tooltip, and for those who cannot see the picture."""
    if attribution.top <= 0:
        return nothing_found(attribution.method, class_name)
    if attribution.method == "rollout":
        return _tr("Most attention went to the places {place}.").format(place=_place(attribution))
    words = [_tr("What speaks for {name} is strongest {place}.").format(name=class_name, place=_place(attribution))]
    if attribution.method == "grad_cam":
        value = short(attribution.top)
        words.append(
            _tr("One place of the stage's maps adds about {value} to the logit there: map × slope.").format(value=value)
        )
    if attribution.least < 0:
        against = short(attribution.least)
        if attribution.method == "occlusion":
            against = _tr("−{points} points").format(points=_points(-attribution.least))
        words.append(_tr("What speaks against it has the colour of 0; its least is {least}.").format(least=against))
    return " ".join(words)


def nothing_found(method: Method, class_name: str) -> str:
    if method == "grad_cam":
        return _tr("Nothing in this stage speaks for {name}: try another one").format(name=class_name)
    if method == "occlusion":
        return _tr("Nothing that is covered lowers {name}").format(name=class_name)
    return _tr("Nothing speaks for {name}").format(name=class_name)


def completeness(missed: float) -> str:
    """How exactly the shares of integrated gradients add up."""
    if not np.isfinite(missed):
        return ""
    part = f"{100 * missed:.1f} %" if missed >= 0.0005 else "0.1 %"
    words = _tr("They add up to its whole rise within {part}.")
    if missed > MUCH_MISSED:
        words = _tr("They miss {part} of its whole rise: take care.")
    return words.format(part=part)


def faithful(curves: Curves, class_name: str) -> str:
    """How faithful the map is, in a sentence."""
    start, gone = float(curves.deletion[0]), float(curves.deletion[TENTH])
    elsewhere = float(curves.elsewhere[0, :, TENTH].mean())
    facts = dict(
        zip(("start", "gone"), two_shares(start, gone), strict=True),
        elsewhere=two_shares(start, elsewhere)[1],
        name=class_name,
    )
    numbers = _tr(
        "without the 10 % it marks, {name} goes from {start} to {gone}; without as much elsewhere, to {elsewhere}."
    )
    judgement = curves.judgement
    if judgement == "faithful":
        words = _tr("Faithful:") + " " + numbers
    elif judgement == "partly":
        deletion, _ = curves.better
        half = _tr("Faithful when taken away only:") if deletion else _tr("Faithful when given back only:")
        words = half + " " + numbers
    else:
        words = _tr("No better than chance here:") + " " + numbers
    return words.format(**facts).replace(" %", "\u00a0%")


def seconds_words(seconds: float) -> str:
    """As one says it: about 4 s, about 2 min."""
    if seconds < 90:
        return _tr("about {n} s").format(n=max(1, round(seconds)))
    return _tr("about {n} min").format(n=round(seconds / 60))


def _points(part: float) -> str:
    return short(100 * part)


def _place(attribution: Attribution) -> str:
    """Where its middle of weight is, in ninths of the picture."""
    weights = np.clip(np.nan_to_num(attribution.values.astype(np.float64)), 0, None)
    weights[weights < attribution.top / 2] = 0
    rows, columns = (np.arange(side) + 0.5 for side in weights.shape)
    total = weights.sum()
    down = float((weights.sum(axis=1) * rows).sum() / total / len(rows))
    right = float((weights.sum(axis=0) * columns).sum() / total / len(columns))
    vertical = 0 if down < 0.4 else 2 if down > 0.6 else 1
    horizontal = 0 if right < 0.4 else 2 if right > 0.6 else 1
    return (
        (_tr("at the top left"), _tr("at the top"), _tr("at the top right")),
        (_tr("at the left"), _tr("in the middle"), _tr("at the right")),
        (_tr("at the bottom left"), _tr("at the bottom"), _tr("at the bottom right")),
    )[vertical][horizontal]
