"""Puts a small entry into a manager's dict, one at a time: microseconds."""

import multiprocessing
import time

import rounds

VALUE = "value of a small entry"


def measure(amount):
    nanos = []
    for _ in range(amount):
        start = time.perf_counter_ns()
        shared["key:1"] = VALUE
        nanos.append(time.perf_counter_ns() - start)
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        shared = manager.dict()
        shared["key:1"] = VALUE
        rounds.serve(measure, rounds.server_of(manager))
