"""32 bytes at a time through a queue from a child: elements a second."""

import multiprocessing
import time

import rounds


def produce(orders, elements):
    element = bytes(32)
    while (amount := orders.get()) is not None:
        for _ in range(amount):
            elements.put(element)


def measure(amount):
    start = time.perf_counter_ns()
    orders.put(amount)
    for _ in range(amount):
        assert len(elements.get()) == 32
    return {"value": amount * 1e9 / (time.perf_counter_ns() - start)}


if __name__ == "__main__":
    orders = multiprocessing.Queue()
    elements = multiprocessing.Queue(1024)
    child = multiprocessing.Process(target=produce, args=(orders, elements))
    child.start()
    rounds.serve(measure)
    orders.put(None)
    child.join()
