"""What a call from Python costs: one JSON line {"what": ..., "ns": ...} each, the best of several rounds.

usage: python overhead.py [--quick]
"""

import json
import sys
import timeit

from edgewarden import PromptScanner

PROMPT = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"


def measure(what, call, per_call=1, rounds=7, seconds=0.2):
    timer = timeit.Timer(call)
    number, taken = timer.autorange()
    number = max(1, int(number * seconds / max(taken, 1e-9)))
    best = min(timer.repeat(rounds, number)) / number / per_call
    print(json.dumps({"what": what, "ns": round(best * 1e9, 1)}), flush=True)


def main():
    rounds, seconds = (3, 0.05) if "--quick" in sys.argv[1:] else (7, 0.2)
    scanner = PromptScanner()
    scan, scan_bytes, scan_batch = scanner.scan, scanner.scan_bytes, scanner.scan_batch
    one, kilobyte, batch = PROMPT, (PROMPT + " ") * 10, [PROMPT] * 1000
    kilobyte = kilobyte[:1024]
    data = PROMPT.encode()
    assert not scan(one).findings and not scan(kilobyte).findings
    measure("100 B clean scan", lambda: scan(one), rounds=rounds, seconds=seconds)
    measure("100 B clean scan of bytes", lambda: scan_bytes(data), rounds=rounds, seconds=seconds)
    measure("1 KB clean scan", lambda: scan(kilobyte), rounds=rounds, seconds=seconds)
    measure("batch of 1000 x 100 B, per text", lambda: scan_batch(batch), 1000, rounds, seconds)
    # An empty text costs next to nothing in the library: this is the way there and back.
    measure("empty scan", lambda: scan(""), rounds=rounds, seconds=seconds)


main()
