"""Maps over many ints with the best of three chunk sizes: ints a second."""

import time
from concurrent.futures import ProcessPoolExecutor

import rounds

CHUNKS = (100, 1_000, 10_000)
best = []


def increment(number):
    return number + 1


def rate(amount, chunk):
    start = time.perf_counter_ns()
    total = sum(pool.map(increment, range(amount), chunksize=chunk))
    nanos = time.perf_counter_ns() - start
    assert total == amount * (amount + 1) // 2
    return amount * 1e9 / nanos


def measure(amount):
    if not best:  # the first call, which warms up
        best.append(max(CHUNKS, key=lambda chunk: rate(amount, chunk)))
    return {"value": rate(amount, best[0])}


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        rounds.serve(measure)
