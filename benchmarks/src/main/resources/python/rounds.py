"""Shared by all scripts here: each measures once for each line that it reads."""

import json
import multiprocessing
import platform
import sys


def serve(measure, *servers):
    """Prints the version, the start method and the pid of a server if there is one; then
    answers each amount with one line of figures."""
    print(platform.python_version(), multiprocessing.get_start_method(), *servers, flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(int(line))), flush=True)


def server_of(manager):
    """The pid of a manager's server process, which has no public name for it."""
    return manager._process.pid


def percentiles(nanos):
    """The figures for many latencies in nanoseconds; they are in microseconds."""
    ordered = sorted(nanos)

    def at(fraction):
        return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))] / 1000

    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    return {"value": at(0.5)} | {name: at(share) for name, share in shares.items()}
