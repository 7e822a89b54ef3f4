"""Work on many items by all cores: each thread does a whole lot of items by itself, from reading to answer.

So no thread waits for another's data, and a lot is small enough to stay in the processor's cache: on two cores this
takes two thirds of the time of reading in threads beside one network that uses all of them.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = min(8, os.cpu_count() or 1)
LOT = 8
"""Items in a lot at most: larger ones do not make the networks faster, smaller ones come out more steadily."""
LOT_SECONDS = 0.4
"""Of one core's time a lot should take at most: slow networks get smaller ones."""

Stopped = Callable[[], bool]


def in_lots(
    work: Callable[[Sequence[Item], Stopped], Sequence[Result]], items: Iterable[Item], threads: int = THREADS
) -> Iterator[Result]:
    """What `work` makes of each item, in order; it is called in threads, where torch uses one core each.

    Reads ahead by two lots a thread. When the iterator is closed, `work` is told by its second argument to stop.
    """
    stop, pace = threading.Event(), _Pace()
    waiting: deque[Future[Sequence[Result]]] = deque()

    def one(lot: Sequence[Item]) -> Sequence[Result]:
        start = time.thread_time()
        done = work(lot, stop.is_set)
        pace.note(len(lot), time.thread_time() - start)
        return done

    source = iter(items)
    with ThreadPoolExecutor(threads, "convlens-lots", initializer=_one_core_each) as pool:
        try:
            while lot := list(islice(source, pace.size)):
                waiting.append(pool.submit(one, lot))
                while len(waiting) >= 2 * threads or (waiting and waiting[0].done()):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            stop.set()
            for future in waiting:
                future.cancel()


class _Pace:
    """Learns how long an item takes; the first lots are of one, so that something is there to be seen at once."""

    def __init__(self) -> None:
        self.size = 1

    def note(self, items: int, seconds: float) -> None:
        """seconds: of the thread's own time, so that whatever else the machine does makes no smaller lots."""
        self.size = max(1, min(LOT, int(LOT_SECONDS * items / max(seconds, 1e-6))))


def _one_core_each() -> None:
    torch.set_num_threads(1)
