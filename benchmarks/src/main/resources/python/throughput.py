"""Submits many small tasks, then waits for all of them: tasks a second."""

import time
from concurrent.futures import ProcessPoolExecutor

import rounds


def increment(number):
    return number + 1


def measure(amount):
    start = time.perf_counter_ns()
    futures = [pool.submit(increment, number) for number in range(amount)]
    total = sum(future.result() for future in futures)
    nanos = time.perf_counter_ns() - start
    assert total == amount * (amount + 1) // 2
    return {"value": amount * 1e9 / nanos}


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        rounds.serve(measure)
