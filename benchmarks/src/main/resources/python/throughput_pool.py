"""Submits many small tasks to a multiprocessing.Pool, then waits for all: tasks a second."""

import multiprocessing
import time

import rounds


def increment(number):
    return number + 1


def measure(amount):
    start = time.perf_counter_ns()
    results = [pool.apply_async(increment, (number,)) for number in range(amount)]
    total = sum(result.get() for result in results)
    nanos = time.perf_counter_ns() - start
    assert total == amount * (amount + 1) // 2
    return {"value": amount * 1e9 / nanos}


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        rounds.serve(measure)
