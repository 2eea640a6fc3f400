"""What a call from Python costs: one JSON line {"what": ..., "ns": ...} each.

usage: python overhead.py [--quick]
"""

import json
import sys
import timeit

from edgewarden import PromptScanner

PROMPT = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"
SECONDS = 0.3 if "--quick" in sys.argv[1:] else 1.0


def measure(what, call, texts=1):
    """The fastest of many batches of at least 2 ms: other work on the machine only ever adds."""
    batch, calls = timeit.Timer(call).timeit, 1
    while batch(calls) < 0.002:
        calls *= 2
    best, end = float("inf"), timeit.default_timer() + SECONDS
    while timeit.default_timer() < end:
        best = min(best, batch(calls))
    print(json.dumps({"what": what, "ns": round(best / calls / texts * 1e9, 1)}), flush=True)


def main():
    scanner = PromptScanner()
    scan, scan_bytes, scan_batch = scanner.scan, scanner.scan_bytes, scanner.scan_batch
    kilobyte, data, batch = ((PROMPT + " ") * 10)[:1024], PROMPT.encode(), [PROMPT] * 1000
    assert not scan(PROMPT).findings and not scan(kilobyte).findings
    measure("100 B clean scan", lambda: scan(PROMPT))
    measure("100 B clean scan of bytes", lambda: scan_bytes(data))
    measure("1 KB clean scan", lambda: scan(kilobyte))
    measure("batch of 1000 x 100 B, per text", lambda: scan_batch(batch), len(batch))
    # An empty text costs next to nothing in the library: this is the way there and back.
    measure("empty scan", lambda: scan(""))


main()
