"""32 bytes by a queue to a child that sends them back by another one: microseconds."""

import multiprocessing
import time

import rounds


def echo(there, back):
    while (message := there.get()) is not None:
        back.put(message)


def measure(amount):
    nanos = []
    for number in range(amount):
        element = bytes([number % 256]) * 32
        start = time.perf_counter_ns()
        there.put(element)
        answer = back.get()
        nanos.append(time.perf_counter_ns() - start)
        assert answer == element
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    there = multiprocessing.Queue(16)
    back = multiprocessing.Queue(16)
    child = multiprocessing.Process(target=echo, args=(there, back))
    child.start()
    rounds.serve(measure)
    there.put(None)
    child.join()
