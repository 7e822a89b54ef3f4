"""What a model's card says about how it reads pictures and how good it is, in sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.core.forward.verdict import percent
from desktop_app.core.model.card import ModelCard, Preprocessing
from desktop_app.core.numerals import short

_PLAIN = ((0.0,), (0.0, 0.0, 0.0)), ((1.0,), (1.0, 1.0, 1.0))


def reading_words(spec: Preprocessing) -> str:
    """The way of a picture into the network."""
    size = f"{spec.width}×{spec.height}"
    if spec.longest is not None:
        how = _tr("The ink is centred on {size} pixels, its longest side {longest} pixels long.")
        return " ".join((how.format(size=size, longest=short(spec.longest)), _colour_words(spec)))
    if spec.fit == "stretch":
        how = _tr("The whole picture is stretched to {size} pixels ({method}).")
    elif spec.fit == "pad":
        how = _tr("The whole picture is brought to {size} pixels, with margins where it is no such shape ({method}).")
    else:
        how = _tr("The picture's shorter side is brought to {side} pixels ({method}), the middle {size} is cut out.")
    side = spec.resize or max(spec.height, spec.width)
    return " ".join((how.format(size=size, side=side, method=spec.interpolation), _colour_words(spec)))


def accuracy_words(card: ModelCard) -> str:
    """The share of right answers on pictures that it was not trained with; nothing where the card does not say."""
    top1, top5 = card.figures.get("top1"), card.figures.get("top5")
    if not isinstance(top1, float):
        return ""
    first = f"{_tr('Right on held-out samples')}: {percent(top1, 1)}"
    return f"{first}, {_tr('among the first five')}: {percent(top5, 1)}" if isinstance(top5, float) else first


def _colour_words(spec: Preprocessing) -> str:
    if spec.mean in _PLAIN[0] and spec.std in _PLAIN[1]:
        return _tr("Black is 0 and the brightest 1.")
    if spec.channels == "grey":
        words = _tr("Grey values, 0 to 1, less {mean} and divided by {std}.")
    else:
        words = _tr("Red, green and blue, 0 to 1, less ({mean}) and divided by ({std}).")
    mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (spec.mean, spec.std))
    return words.format(mean=mean, std=std)


def _tr(text: str) -> str:
    return QCoreApplication.translate("CardWords", text)
