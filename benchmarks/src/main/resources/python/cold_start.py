"""First result of a new pool with one worker, in an interpreter of its own: milliseconds."""

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import rounds


def increment(number):
    return number + 1


def first_result():
    start = time.perf_counter_ns()
    with ProcessPoolExecutor(1) as pool:
        pool.submit(increment, 41).result()
        print((time.perf_counter_ns() - start) / 1e6)


def measure(amount):
    times = []
    for _ in range(amount):
        command = [sys.executable, __file__, "once"]
        times.append(float(subprocess.run(command, check=True, capture_output=True).stdout))
    return {"value": sum(times) / amount}


if __name__ == "__main__":
    if sys.argv[1:] == ["once"]:
        first_result()
    else:
        rounds.serve(measure)
