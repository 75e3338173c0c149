"""Two processes fight for one lock of a manager: microseconds for each lock and unlock."""

import multiprocessing
import time

import rounds


def fight(lock, times):
    for _ in range(times):
        lock.acquire()
        lock.release()


def child(lock, go, ready, times):
    fight(lock, 200)
    ready.set()
    go.wait()
    fight(lock, times)


def measure(amount):
    lock = manager.Lock()
    go = manager.Event()
    ready = manager.Event()
    process = multiprocessing.Process(target=child, args=(lock, go, ready, amount // 2))
    process.start()
    fight(lock, 200)
    ready.wait()
    start = time.perf_counter_ns()
    go.set()
    fight(lock, amount // 2)
    process.join()
    assert process.exitcode == 0
    return {"value": (time.perf_counter_ns() - start) / 1000 / amount}


if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        rounds.serve(measure, rounds.server_of(manager))
