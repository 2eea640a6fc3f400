"""Memory stays where it is. EDGEWARDEN_LEAK is the number of calls (default: a million)."""

import gc
import os
import sys

import pytest
from texts import ATTACK, CLEAN, EMAIL

import edgewarden
from edgewarden import EdgewardenError, SessionState

CALLS = int(os.environ.get("EDGEWARDEN_LEAK", 1_000_000))
GROWTH_MAX_KIB = 4096


def resident_kib():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of the process is read from /proc")
def test_calls_leave_nothing_behind(scanner):
    pseudonymizer = edgewarden.Pseudonymizer(b"0123456789abcdef")
    mail = f"mail {EMAIL}"

    def faulty():
        for call in (lambda: scanner.scan(None), lambda: scanner.scan_json("{"), lambda: scanner.scan("", origin="x")):
            try:
                call()
            except EdgewardenError:
                pass

    def stream():
        stream = scanner.stream()
        stream.push(mail)
        stream.finish()

    def rare():
        scanner.scan(ATTACK).to_dict()
        scanner.scan("\ud83d\ude00\ud800" + EMAIL).redact("\ud83d\ude00\ud800" + EMAIL)
        scanner.scan_bytes(mail.encode())
        scanner.scan_json('{"a": "mail ada@example.org"}')
        scanner.scan_batch([CLEAN, mail])
        scanner.scan_in_session(mail, SessionState())
        pseudonymizer.pseudonymize(mail, scanner.scan(mail))
        hash(scanner.scan(mail))
        stream()
        faulty()

    def run(calls):
        scan = scanner.scan
        for _ in range(calls // 1000):
            for _ in range(490):
                scan("short")
                scan("ö")
            rare()
            rare()
        gc.collect()

    run(CALLS // 10)
    before = resident_kib()
    objects = len(gc.get_objects())
    run(CALLS)
    assert resident_kib() - before < GROWTH_MAX_KIB
    assert len(gc.get_objects()) - objects < 100


def test_scanners_are_freed():
    if not sys.platform.startswith("linux"):
        pytest.skip("the size of the process is read from /proc")

    def run(count):
        for _ in range(count):
            edgewarden.PromptScanner(canaries=["abcdefghijklmnopqrstuvwx"]).rules()
        gc.collect()

    run(50)
    before = resident_kib()
    run(300)
    assert resident_kib() - before < GROWTH_MAX_KIB
