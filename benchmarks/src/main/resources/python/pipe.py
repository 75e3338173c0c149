"""Sends a small object through a pipe to a child that sends it back: microseconds."""

import multiprocessing
import time
from dataclasses import dataclass

import rounds


@dataclass(frozen=True)
class Ping:
    number: int
    text: str


def echo(connection):
    while (message := connection.recv()) is not None:
        connection.send(message)


def measure(amount):
    nanos = []
    for number in range(amount):
        ping = Ping(number, "ping")
        start = time.perf_counter_ns()
        ours.send(ping)
        answer = ours.recv()
        nanos.append(time.perf_counter_ns() - start)
        assert answer == ping
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=echo, args=(theirs,))
    child.start()
    rounds.serve(measure)
    ours.send(None)
    child.join()
