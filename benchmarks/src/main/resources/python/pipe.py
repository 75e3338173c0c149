"""Sends an object of five fields through a pipe to a child that sends it back: microseconds."""

import multiprocessing
import time
from dataclasses import dataclass

import rounds


@dataclass(frozen=True)
class Order:
    id: int
    article: str
    count: int
    price: float
    urgent: bool


def echo(connection):
    while (message := connection.recv()) is not None:
        connection.send(message)


def measure(amount):
    nanos = []
    for number in range(amount):
        start = time.perf_counter_ns()
        order = Order(number, "broom", 2, 9.75, True)
        ours.send(order)
        answer = ours.recv()
        nanos.append(time.perf_counter_ns() - start)
        assert answer == order
    return rounds.percentiles(nanos)


if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=echo, args=(theirs,))
    child.start()
    rounds.serve(measure)
    ours.send(None)
    child.join()
