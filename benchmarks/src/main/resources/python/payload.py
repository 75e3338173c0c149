"""Sends bytes, as many as its argument, to a task and back, one at a time: microseconds."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor

import rounds


def same(data):
    return data


def measure(amount):
    nanos = []
    for number in range(amount):
        sent = bytes([number % 256]) * size
        start = time.perf_counter_ns()
        back = pool.submit(same, sent).result()
        nanos.append(time.perf_counter_ns() - start)
        assert len(back) == len(sent) and back[0] == sent[0]
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    size = int(sys.argv[1])
    with ProcessPoolExecutor(2) as pool:
        rounds.serve(measure)
