"""Sends 32 bytes at a time through a pipe to a child that counts them: nanoseconds each."""

import multiprocessing
import time

import rounds

MESSAGE = bytes(32)


def count(connection):
    while amount := connection.recv():
        for _ in range(amount):
            connection.recv_bytes()
        connection.send(amount)


def measure(amount):
    start = time.perf_counter_ns()
    ours.send(amount)
    for _ in range(amount):
        ours.send_bytes(MESSAGE)
    assert ours.recv() == amount
    return {"value": (time.perf_counter_ns() - start) / amount}


if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=count, args=(theirs,))
    child.start()
    rounds.serve(measure)
    ours.send(0)
    child.join()
