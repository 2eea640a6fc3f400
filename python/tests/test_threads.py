import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from texts import ATTACK, CLEAN, EMAIL

from edgewarden import ClosedError, PromptScanner, SessionState


def test_one_scanner_serves_many_threads(scanner):
    texts = [CLEAN, ATTACK, f"mail {EMAIL}", "\ud800 " + EMAIL, CLEAN * 100]
    want = [scanner.scan(text) for text in texts]

    def work(_):
        for _ in range(50):
            assert [scanner.scan(text) for text in texts] == want
            assert scanner.scan_batch(texts) == want
        return True

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(work, range(16)))
    finally:
        sys.setswitchinterval(interval)


def test_threads_share_a_session_and_a_stream(scanner):
    session, stream = SessionState(), scanner.stream()

    def work(_):
        for _ in range(50):
            scanner.scan_in_session(CLEAN, session)
            session.to_bytes()
            stream.push(CLEAN + " ")
            assert repr(stream) and stream.findings == ()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert session.turns == 400
    stream.finish()


def test_only_one_thread_ends_a_stream(scanner):
    stream = scanner.stream()
    stream.push(CLEAN)

    def end(_):
        try:
            return stream.finish().release
        except ClosedError:
            return None

    with ThreadPoolExecutor(8) as pool:
        ends = [release for release in pool.map(end, range(8)) if release is not None]
    assert len(ends) == 1


def test_other_threads_run_during_a_long_scan(scanner):
    text = CLEAN * 20_000
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    ticker = threading.Thread(target=tick)
    ticker.start()
    began = time.perf_counter()
    for scan in (scanner.scan, lambda t: scanner.scan_batch([t]), lambda t: scanner.scan_bytes(t.encode())):
        scan(text)
    ended = time.perf_counter()
    done.set()
    ticker.join()
    assert len([t for t in ticks if began < t < ended]) >= 5


def test_building_and_dropping_in_many_threads():
    def work(_):
        for _ in range(5):
            assert PromptScanner().scan(ATTACK).findings

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
