"""Submits a small task and waits for its result, one at a time: microseconds."""

import time
from concurrent.futures import ProcessPoolExecutor

import rounds


def increment(number):
    return number + 1


def measure(amount):
    nanos = []
    for number in range(amount):
        start = time.perf_counter_ns()
        result = pool.submit(increment, number).result()
        nanos.append(time.perf_counter_ns() - start)
        assert result == number + 1
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        rounds.serve(measure)
