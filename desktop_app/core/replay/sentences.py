"""One sentence a stage, true of this net and this input: every number in it is read from the trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Attention,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    LayerNorm,
    Move,
    Pointwise,
    Pool,
    Softmax,
)
from desktop_app.core.forward.trace import Trace
from desktop_app.core.forward.verdict import percent
from desktop_app.core.model.card import ModelCard
from desktop_app.core.numerals import short
from desktop_app.core.replay.ends import answer_sentence, input_sentence, logits_sentence
from desktop_app.core.replay.facts import largest_map, reach, shape_of, sides_of, where
from desktop_app.core.replay.words import Words, some

MOST_NAMES = 4
"""More stages than this are counted and not named."""


def sentence(trace: Trace, position: int, card: ModelCard) -> Words:
    """What happens at a stage. card: of the model that gave the trace."""
    output = trace.outputs[position]
    bad = int(output.size - np.isfinite(output).sum())
    if bad:
        words = some(
            bad,
            "{count} of the {total} numbers here is NaN or infinite: it got too large, or has no value.",
            "{count} of the {total} numbers here are NaN or infinite: they got too large, or have no value.",
        )
        return Words(words.template, {**words.values, "total": f"{output.size:,}"})
    told = _told(trace, position, card)
    changed = len(trace.factors.at(position))
    if not changed:
        return told
    also = some(changed, "one was changed by you", "{count} were changed by you")
    return Words(
        "{sentence} Of its maps, {also}." if trace.stages[position].is_maps else "{sentence} Of its numbers, {also}.",
        {"sentence": told, "also": also},
    )


def _told(trace: Trace, position: int, card: ModelCard) -> Words:
    output, last = trace.outputs[position], len(trace.stages) - 1
    if position == 0:
        return input_sentence(output, card)
    if position == last:
        return answer_sentence(trace, card)
    if position == last - 1 and output.shape == (len(card.classes),):
        return logits_sentence(output, card)
    return _Stage(trace, position).told()


class _Stage:
    """One stage in the middle, and those that it reads."""

    def __init__(self, trace: Trace, position: int) -> None:
        self._operation = trace.operations[position]
        self._stage, self._output = trace.stages[position], trace.outputs[position]
        self._sources = [trace.stages[source] for source in self._stage.sources]
        self._inputs = [trace.outputs[source] for source in self._stage.sources]

    def told(self) -> Words:
        tellers: dict[type, Callable[[Any], Words]] = {
            Conv: self._conv,
            Pointwise: self._pointwise,
            Pool: self._pool,
            AdaptivePool: self._adaptive_pool,
            Dense: self._dense,
            Move: self._move,
            BatchNorm: self._batch_norm,
            LayerNorm: self._layer_norm,
            Combine: self._combine,
            Concat: self._concat,
            Attention: self._attention,
            Softmax: self._softmax,
        }
        return tellers.get(type(self._operation), self._unknown)(self._operation)

    # one kind of stage each

    def _conv(self, operation: Conv) -> Words:
        tall, wide = operation.weight.shape[2:]
        filters = some(len(operation.weight), "{count} filter", "{count} filters")
        one = len(operation.weight) == 1
        groups = operation.groups
        if self._stage.sources[0] == 0:
            what = Words("the input")
        elif groups == 1:
            what = some(self._sources[0].maps[0], "the map of {source}", "all {count} maps of {source}")
        elif groups == self._sources[0].maps[0]:
            what = Words("one map of {source} each")
        else:
            what = some(operation.weight.shape[1], "{count} map of {source} each", "{count} maps of {source} each")
        what = Words(what.template, {**what.values, "source": self._sources[0].name})
        return Words(
            "{filters} of {size} reads {what}; {answer}." if one else "{filters} of {size} read {what}; {answer}.",
            {"filters": filters, "size": f"{tall}×{wide}", "what": what, "answer": self._strongest_filter()},
        )

    def _strongest_filter(self) -> Words:
        if not self._output.any():
            return Words("every answer is 0")
        channel = largest_map(self._output)
        values: dict[str, str | Words] = {
            "number": f"{channel + 1:,}",
            "value": short(float(self._output[channel].max())),
        }
        place = where(self._output[channel])
        if place is None:
            return Words("filter {number} answers strongest, {value}", values)
        return Words("filter {number} answers strongest, {where}", {**values, "where": place})

    def _pointwise(self, operation: Pointwise) -> Words:
        before = self._inputs[0]
        if operation.function not in ("ReLU", "ReLU6"):
            return Words(
                "{function} bends each of the {count} numbers; now they go {reach}.",
                {"function": operation.function, "count": f"{before.size:,}", "reach": reach(self._output)},
            )
        negative = int((before < 0).sum())
        above = int((before > 6).sum()) if operation.function == "ReLU6" else 0
        values: dict[str, str | Words] = {"count": f"{before.size:,}", "share": percent(negative / before.size)}
        if above:
            values["above"] = some(above, "{count} above 6 becomes 6", "{count} above 6 become 6")
            if not negative:
                return Words("None of the {count} numbers is negative; {above}.", values)
            return Words("{share} of the {count} numbers were negative and become 0; {above}.", values)
        if not negative:
            return Words("None of the {count} numbers is negative: nothing changes.", values)
        if negative == before.size:
            return Words("All {count} numbers were negative and become 0.", values)
        if negative == 1:
            return Words("1 of the {count} numbers was negative and becomes 0.", values)
        return Words("{share} of the {count} numbers were negative and become 0.", values)

    def _pool(self, operation: Pool) -> Words:
        tall, wide = operation.kernel
        apart = operation.kernel == operation.stride and not any(operation.padding) and operation.dilation == (1, 1)
        block = Words(
            "{tall}×{wide} block" if apart else "{tall}×{wide} window", {"tall": str(tall), "wide": str(wide)}
        )
        values: dict[str, str | Words] = {
            "block": block,
            "before": sides_of(self._sources[0]),
            "after": sides_of(self._stage),
        }
        return Words(
            "Of each {block} only the largest number stays: {before} becomes {after}; {answer}."
            if operation.mode == "max"
            else "Each {block} becomes its average: {before} becomes {after}; {answer}.",
            {**values, "answer": self._strongest_map()},
        )

    def _strongest_map(self) -> Words:
        if not self._output.any():
            return Words("all are 0")
        channel = largest_map(self._output)
        stays = len(self._inputs[0]) == len(self._output) and largest_map(self._inputs[0]) == channel
        words = "map {number} stays strongest" if stays else "map {number} is strongest now"
        return Words(words, {"number": f"{channel + 1:,}"})

    def _adaptive_pool(self, operation: AdaptivePool) -> Words:
        if self._output.size != len(self._inputs[0]):
            return Words(
                "Maps of {before} are gathered to {after}; {answer}.",
                {"before": sides_of(self._sources[0]), "after": sides_of(self._stage), "answer": self._strongest_map()},
            )
        if not self._output.any():
            return Words(
                "Each map becomes one number, its largest; all are 0."
                if operation.mode == "max"
                else "Each map becomes one number, its average; all are 0."
            )
        channel = int(self._output.reshape(-1).argmax())
        value = short(float(self._output.reshape(-1)[channel]))
        return Words(
            "Each map becomes one number, its largest; that of map {number} is the largest, {value}."
            if operation.mode == "max"
            else "Each map becomes one number, its average; that of map {number} is the largest, {value}.",
            {"number": f"{channel + 1:,}", "value": value},
        )

    def _dense(self, operation: Dense) -> Words:
        count, inputs = operation.weight.shape
        values: dict[str, str | Words] = {
            "sums": some(count, "{count} sum", "{count} sums"),
            "inputs": some(inputs, "the one number", "all {count} numbers"),
        }
        if self._output.ndim > 1:
            values["rows"] = f"{self._output.size // count:,}"
            return Words("In each of {rows} rows: {sums} over {inputs}.", values)
        if not self._output.any():
            return Words("{sums} over {inputs}; every one is 0.", values)
        unit = int(self._output.argmax())
        values.update(number=f"{unit + 1:,}", value=short(float(self._output[unit])))
        return Words("{sums} over {inputs}; unit {number} is the largest, {value}.", values)

    def _move(self, operation: Move) -> Words:
        source = self._sources[0]
        size = f"{self._output.size:,}"
        in_order = np.array_equal(operation.index.reshape(-1), np.arange(self._inputs[0].size))
        if in_order and source.is_maps and source.grid is None and self._output.ndim == 1:
            count, tall, wide = source.maps
            maps = some(count, "{count} map of {size} unrolled", "{count} maps of {size} unrolled")
            row = some(self._output.size, "{count} number", "{count} numbers in a row")
            return Words(
                "{maps}: {row}.", {"maps": Words(maps.template, {**maps.values, "size": f"{tall}×{wide}"}), "row": row}
            )
        if self._output.size < self._inputs[0].size:
            total = f"{self._inputs[0].size:,}"
            return Words(
                "{count} of the {total} numbers come along, the others do not.", {"count": size, "total": total}
            )
        if operation.index.min() < 0:
            return Words(
                "Zeros are put around the numbers: {before} becomes {after}.",
                {"before": shape_of(source), "after": shape_of(self._stage)},
            )
        if self._output.size > self._inputs[0].size:
            return Words(
                "The numbers are repeated: {before} becomes {after}.",
                {"before": shape_of(source), "after": shape_of(self._stage)},
            )
        return Words(
            "The {count} numbers only change their places: {before} becomes {after}.",
            {"count": size, "before": shape_of(source), "after": shape_of(self._stage)},
        )

    def _batch_norm(self, _operation: BatchNorm) -> Words:
        count = len(self._output)
        what = (
            some(count, "The map is shifted", "Each of {count} maps is shifted")
            if self._stage.is_maps
            else some(count, "The number is shifted", "Each of {count} numbers is shifted")
        )
        return Words(
            "{what} and stretched by two numbers of its own; now they go {reach}.",
            {"what": what, "reach": reach(self._output)},
        )

    def _layer_norm(self, operation: LayerNorm) -> Words:
        rows = self._output.size // self._output.shape[operation.axis]
        return Words(
            "{rows} to mean 0 and spread 1; now the numbers go {reach}."
            if operation.scale is None
            else "{rows} to mean 0 and spread 1, then stretched; now the numbers go {reach}.",
            {
                "rows": some(rows, "The numbers are brought", "Each of {count} places is brought"),
                "reach": reach(self._output),
            },
        )

    def _combine(self, operation: Combine) -> Words:
        names = " + ".join(source.name for source in self._sources)
        if operation.by == "multiply":
            names = names.replace(" + ", " × ")
        if len(self._sources) == 1:
            how = (
                "A fixed number is added to each of {count};"
                if operation.by == "add"
                else "Each of {count} numbers is multiplied by a fixed one;"
            )
            return Words(
                how + " now they go {reach}.", {"count": f"{self._output.size:,}", "reach": reach(self._output)}
            )
        return Words("Number by number: {names}; now they go {reach}.", {"names": names, "reach": reach(self._output)})

    def _concat(self, operation: Concat) -> Words:
        are_maps = self._stage.is_maps and self._stage.grid is None and operation.axis % 3 == 0
        total = f"{self._output.shape[operation.axis]:,}"
        if operation.fixed:
            held = sum(fixed.size for fixed in operation.fixed if fixed is not None)
            return Words(
                "{numbers} that the network has learned and {names} go on as one; now they go {reach}.",
                {
                    "numbers": some(held, "{count} number", "{count} numbers"),
                    "names": ", ".join(source.name for source in self._sources),
                    "reach": reach(self._output),
                },
            )
        if len(self._sources) == 1:
            return Words("{name} goes on as it is, with nothing behind it.", {"name": self._sources[0].name})
        if len(self._sources) > MOST_NAMES:
            several = {"count": f"{len(self._sources):,}", "total": total}
            return Words(
                "The maps of {count} stages one after the other: {total} maps."
                if are_maps
                else "The numbers of {count} stages one after the other: {total}.",
                several,
            )
        values: dict[str, str | Words] = {
            "names": ", ".join(source.name for source in self._sources),
            "counts": " + ".join(f"{output.shape[operation.axis]:,}" for output in self._inputs),
            "total": total,
        }
        return Words(
            "{names} one after the other: {counts} maps make {total}."
            if are_maps
            else "{names} one after the other: {counts} make {total}.",
            values,
        )

    def _attention(self, operation: Attention) -> Words:
        return Words(
            "Each of {count} places looks at all others {heads} and takes over what fits; now numbers go {reach}.",
            {
                "count": f"{len(self._output):,}",
                "heads": some(operation.heads, "in one way", "in {count} ways at once"),
                "reach": reach(self._output),
            },
        )

    def _unknown(self, _operation: object) -> Words:
        return Words(
            "{kind}: its {count} numbers go {reach}. How it works them out is not shown.",
            {"kind": self._stage.kind, "count": f"{self._output.size:,}", "reach": reach(self._output)},
        )

    def _softmax(self, _operation: Softmax) -> Words:
        """In the middle of a network, as of weights that it makes itself."""
        rows = self._output.size // self._output.shape[-1]
        return Words(
            "{rows} into shares that add up to 1; they go {reach}.",
            {
                "rows": some(rows, "The numbers are turned", "Each of {count} rows is turned"),
                "reach": reach(self._output),
            },
        )
