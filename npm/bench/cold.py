"""What a worker that scans costs at its start: processor time of a whole `workerd test` with it, user and system, over
that of one with an empty worker. Prints the median difference as a line {"what": ..., "ms": ...}.

usage: python3 cold.py WORKERD EMPTY SCANNER TIMES
"""

import json
import os
import statistics
import subprocess
import sys


def cpu(workerd, folder):
    child = subprocess.Popen([workerd, "test", "config.capnp"], cwd=folder, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"workerd failed in {folder}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def main(workerd, empty, scanner, times):
    differences = []
    for _ in range(int(times)):
        before = cpu(workerd, empty)
        differences.append(cpu(workerd, scanner) - before)
    what = "workerd cold start: CPU to compile, instantiate and scan once, over an empty worker"
    print(json.dumps({"what": what, "ms": round(statistics.median(differences), 2)}))


main(*sys.argv[1:])
