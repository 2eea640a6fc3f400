"""Verifiers that fetch: over a real connection to this machine, and through outages and floods with a clock that is moved."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tokens import ISSUER, NOW, OPTIONS, OTHER, SECRET, SIGNER, URI, Clock, jwks, serving, token, unsigned

from edgewarden.jwt import AsyncJwksVerifier, JwksResponse, JwksVerifier, KeysUnavailable, VerifyError


class Ask:
    """The three ways to fetch behind one call."""

    def __init__(self, way, uri, **options):
        kind = JwksVerifier if way == "thread" else AsyncJwksVerifier
        self.verifier = kind(jwks_uri=uri, clock=Clock(), **{**OPTIONS, **options})
        if way == "asyncio":
            self.verifier._by_httpx = False

    def verify(self, text):
        if isinstance(self.verifier, JwksVerifier):
            return self.verifier.verify(text)

        async def ask():
            verified = await self.verifier.verify(text)
            # A loop that ends would end what is fetched in the background.
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
            return verified

        return asyncio.run(ask())

    def settle(self):
        end = time.monotonic() + 10
        while [t for t in threading.enumerate() if t.name == "edgewarden-jwks"]:
            assert time.monotonic() < end
            time.sleep(0.005)


@pytest.fixture(params=["thread", "httpx", "asyncio"])
def way(request):
    return request.param


def test_keys_are_fetched_once_and_confirmed_by_their_etag(way):
    with serving() as server:
        server.headers = [("Cache-Control", "public"), ("Cache-Control", "max-age=300"), ("Age", "60"), ("ETag", '"1"')]
        ask = Ask(way, server.uri)
        for _ in range(5):
            assert ask.verify(token()).subject == "ada"
        assert len(server.asked) == 1 and "if-none-match" not in server.asked[0]
        assert server.asked[0]["accept"] == "application/jwk-set+json, application/json"
        assert server.asked[0].get("accept-encoding", "identity") == "identity"
        clock = ask.verifier._clock
        clock.pass_secs(239)
        assert ask.verifier.key_cache.state(ISSUER, now=clock()) == "fresh"
        clock.pass_secs(2)
        server.answer = lambda handler: handler.reply(304, headers={"Cache-Control": "max-age=300"})
        assert ask.verify(token()).subject == "ada"
        ask.settle()
        assert [asked.get("if-none-match") for asked in server.asked] == [None, '"1"']
        assert ask.verifier.key_cache.state(ISSUER, now=clock()) == "fresh"


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: handler.reply(302, headers={"location": handler.server.uri + "?again"}),
        lambda handler: handler.reply(307, headers={"location": handler.server.uri + "?again"}),
        lambda handler: handler.reply(500, jwks()),
        lambda handler: handler.reply(404),
        lambda handler: handler.reply(204),
        lambda handler: handler.reply(203, jwks()),
        lambda handler: handler.reply(200, b"<html>sign in</html>"),
        lambda handler: handler.reply(200, b""),
        lambda handler: handler.reply(200, b'{"keys": []}'),
        lambda handler: handler.reply(200, jwks() + b" " * (256 << 10)),
        lambda handler: handler.reply(200, b"\x1f\x8b\x08", {"content-encoding": "gzip"}),
        lambda handler: handler.wfile.write(b"no HTTP at all\r\n\r\n"),
        lambda handler: handler.connection.shutdown(socket.SHUT_RDWR),
    ],
    ids="redirect 307 500 404 204 203 html empty no-keys too-long gzip no-http cut".split(),
)
def test_what_is_no_key_set_is_a_failure(way, answer):
    with serving() as server:
        server.answer = answer
        ask = Ask(way, server.uri)
        with pytest.raises(KeysUnavailable) as caught:
            ask.verify(token())
        error = caught.value
        assert (error.code, error.http_status, error.retry) == ("keys_unavailable", 503, "at")
        assert error.retry_at > NOW and len(server.asked) == 1, "one ticket is one request"
        ask.settle()
        # Later it works, and not before.
        server.answer = jwks()
        with pytest.raises(KeysUnavailable):
            ask.verify(token())
        ask.verifier._clock.now = error.retry_at
        assert ask.verify(token()).subject == "ada"
        assert len(server.asked) == 2


def test_body_of_just_the_limit_is_read(way):
    with serving() as server:
        server.answer = jwks() + b" " * (300 - len(jwks()))
        assert Ask(way, server.uri, key_cache={"limits": {"bytes": 300}}).verify(token())
        server.answer += b" "
        with pytest.raises(KeysUnavailable):
            Ask(way, server.uri, key_cache={"limits": {"bytes": 300}}).verify(token())


def drip_body(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n")
    drip(handler)


def drip(handler):
    try:
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        handler.server.ended.set()


@pytest.mark.parametrize("answer", [drip_body, drip], ids=["body", "head"])
def test_server_that_takes_its_time_is_cut_off(way, answer):
    with serving() as server:
        server.ended = threading.Event()
        server.answer = answer
        ask = Ask(way, server.uri, key_cache={"fetch_secs": 1})
        began = time.monotonic()

        def later():
            # The clock of a host goes on while it waits.
            while time.monotonic() < began + 5:
                ask.verifier._clock.now = NOW + int((time.monotonic() - began) * 1000)
                time.sleep(0.01)

        threading.Thread(target=later, daemon=True).start()
        with pytest.raises(KeysUnavailable):
            ask.verify(token())
        assert 0.8 < time.monotonic() - began < 4
        assert server.ended.wait(3), "the connection is still open"
        ask.settle()


def test_nobody_there(way):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(KeysUnavailable):
            Ask(way, f"http://127.0.0.1:{taken.getsockname()[1]}/").verify(token())


def test_proxies_of_the_environment_are_not_asked(way, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving() as server:
        assert Ask(way, server.uri).verify(token())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", made],
        check=True,
        capture_output=True,
    )
    return key, made


def test_certificates_are_checked(way, certificate):
    key, made = certificate

    def tls(server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    trusting = ssl.create_default_context(cafile=made)
    with serving(tls) as server:
        good = f"https://localhost:{server.server_port}/jwks.json"
        for uri, context in [(good, None), (good.replace("localhost", "127.0.0.1"), trusting)]:
            with pytest.raises(KeysUnavailable):
                Ask(way, uri, ssl_context=context).verify(token())
        assert not server.asked
        assert Ask(way, good, ssl_context=trusting).verify(token()).subject == "ada"
        assert "host" in server.asked[0]


class Issuer:
    """An issuer whose endpoint is a function: it can be down, slow, and rotate its keys."""

    def __init__(self, kind=JwksVerifier, secs=0.0, **options):
        self.clock, self.calls, self.keys, self.is_down, self.secs = Clock(), 0, [SIGNER], False, secs
        self.headers = {}
        fetch = self.fetch if kind is JwksVerifier else self.fetch_async
        self.verifier = kind(jwks_uri=URI, fetch=fetch, clock=self.clock, **{**OPTIONS, **options})

    def fetch(self, request):
        self.calls += 1
        assert request.url == URI and 0 < request.timeout_secs <= 10 and request.bytes_max == (256 << 10) + 1
        time.sleep(self.secs)
        return self.answer()

    async def fetch_async(self, request):
        self.calls += 1
        await asyncio.sleep(self.secs)
        return self.answer()

    def answer(self):
        if self.is_down:
            raise OSError("down")
        return JwksResponse(200, self.headers, jwks(*self.keys))

    def verdict(self, text):
        try:
            return self.verifier.verify(text).subject
        except VerifyError as error:
            return error.code

    def settle(self):
        Ask.settle(self)


def test_outage_of_the_endpoint_is_none_of_the_service():
    issuer = Issuer()
    assert issuer.verdict(token()) == "ada"
    issuer.is_down = True
    minutes = 24 * 60
    text = token(now=NOW + 10**9)
    for _ in range(minutes):
        issuer.clock.pass_secs(60)
        for _ in range(3):
            assert issuer.verdict(text) == "ada"
        issuer.settle()
    # At most one attempt in five minutes once the backoff is long.
    assert 100 < issuer.calls < minutes / 4
    issuer.clock.pass_secs(15 * 60)
    assert issuer.verdict(token(now=issuer.clock())) == "keys_unavailable"
    issuer.is_down = False
    issuer.clock.pass_secs(400)
    assert issuer.verdict(token(now=issuer.clock())) == "ada"


def test_rotation_is_noticed_at_the_first_token():
    issuer = Issuer()
    assert issuer.verdict(token()) == "ada"
    issuer.keys = [OTHER]
    issuer.clock.pass_secs(31)
    assert issuer.verdict(token(OTHER)) == "ada"
    assert issuer.calls == 2
    # The withdrawn key is out at once, whatever was kept of its tokens.
    assert issuer.verdict(token()) == "unknown_key"


def test_flood_of_unknown_keys_is_one_fetch_in_a_while():
    issuer = Issuer()
    assert issuer.verdict(token()) == "ada"
    issuer.clock.pass_secs(60)
    for i in range(200):
        assert issuer.verdict(unsigned(f"k{i}")) == "unknown_key"
    assert issuer.calls == 2
    for _ in range(10):
        issuer.clock.pass_secs(30)
        for i in range(20):
            assert issuer.verdict(unsigned(f"{issuer.clock()}{i}", issuer.clock())) == "unknown_key"
    issuer.settle()
    assert issuer.calls <= 13


def test_junk_fetches_nothing():
    issuer = Issuer()
    for text in ("", "x", "a.b.c", token(aud="else"), token(iss="else"), token(now=NOW - 10**6), "x" * 10**5):
        assert issuer.verdict(text) != "ada"
    assert issuer.calls == 0


def test_many_threads_begin_at_once():
    issuer = Issuer(secs=0.2)
    barrier = threading.Barrier(24)

    def work(_):
        barrier.wait()
        return issuer.verdict(token())

    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(work, range(24))) == {"ada"}
    assert issuer.calls == 2, "while there is nothing at all, two may fetch"


def test_many_threads_through_rotations():
    issuer = Issuer(key_cache={"ttl_secs": 60, "cooldown_secs": 1})
    texts = {signer: token(signer, NOW + 10**6) for signer in (SIGNER, OTHER)}
    answers = set()

    def work(i):
        for n in range(200):
            answers.add(issuer.verdict(texts[SIGNER if (i + n) % 2 else OTHER]))
            if i == 0 and n % 20 == 0:
                issuer.clock.pass_secs(2)
                issuer.keys = [SIGNER, OTHER] if n % 40 else [SIGNER]
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    issuer.settle()
    assert "ada" in answers and answers <= {"ada", "unknown_key"}
    assert issuer.calls < 40


def test_answer_does_not_wait_for_a_refresh():
    issuer = Issuer()
    assert issuer.verdict(token()) == "ada"
    issuer.clock.pass_secs(601)
    issuer.secs = 0.5
    began = time.monotonic()
    assert issuer.verdict(token(now=issuer.clock())) == "ada"
    assert time.monotonic() - began < 0.4
    issuer.settle()
    assert issuer.calls == 2 and issuer.verifier.key_cache.state(ISSUER, now=issuer.clock()) == "fresh"


@pytest.mark.parametrize("answer", [None, 5, JwksResponse(200, None, b""), JwksResponse(200, {}, "text"), JwksResponse("x", {})])
def test_fetch_of_the_host_that_answers_nonsense_has_failed(answer, caplog):
    verifier = JwksVerifier(jwks_uri=URI, fetch=lambda request: answer, clock=Clock(), **OPTIONS)
    with pytest.raises(KeysUnavailable):
        verifier.verify(token())
    assert [record.name for record in caplog.records] == ["edgewarden.jwt"]
    assert URI not in caplog.text and token() not in caplog.text


def test_response_that_comes_too_late_changes_nothing():
    issuer = Issuer(key_cache={"fetch_secs": 1})

    def fetch(request):
        issuer.clock.pass_secs(5)
        return JwksResponse(200, {}, jwks())

    issuer.verifier._fetch = fetch
    assert issuer.verdict(token()) == "keys_unavailable"
    assert issuer.verifier.key_cache.state(ISSUER, now=issuer.clock()) == "empty"


def test_who_waits_for_others_asks_again_by_itself():
    issuer = Issuer()
    # Others have these tickets and never come back.
    for _ in range(2):
        assert issuer.verifier._step(token(), NOW).kind == "fetch"
    slept = []

    def sleep(secs):
        slept.append(secs)
        issuer.clock.pass_secs(secs)

    issuer.verifier._sleep = sleep
    # Once their time is over it fetches itself.
    assert issuer.verdict(token()) == "ada" and issuer.calls == 1
    assert slept[:6] == [0.025, 0.05, 0.1, 0.2, 0.4, 0.4] and 9.9 < sum(slept) < 10.5


def test_nobody_waits_for_ever():
    issuer = Issuer(key_cache={"fetch_secs": 1})
    for _ in range(2):
        issuer.verifier._step(token(), NOW)
    issuer.verifier._patience_secs = 0.2
    # A clock that stands still.
    with pytest.raises(KeysUnavailable) as caught:
        issuer.verifier.verify(token())
    assert caught.value.http_status == 503 and caught.value.retry_at > NOW


def test_forgotten_token_is_verified_anew():
    issuer = Issuer()
    assert issuer.verifier.state() == "empty" and not issuer.verifier.forget(token())
    assert issuer.verdict(token()) == "ada" and issuer.verifier.state() == "fresh"
    assert issuer.verifier.forget(token()) and not issuer.verifier.forget(token())
    assert issuer.verdict(token()) == "ada"


def test_token_that_is_bound_needs_a_verifier_that_knows():
    bound = token(cnf={"jkt": "x" * 43})
    assert Issuer().verdict(bound) == "claim_mismatch"
    for confirmation in ("dpop", "host"):
        assert Issuer(confirmation=confirmation).verdict(bound) == "ada"
    assert Issuer(confirmation="dpop").verdict(token()) != "ada"


def test_snapshot_spares_the_first_fetch():
    issuer, other = Issuer(), Issuer()
    assert issuer.verdict(token()) == "ada"
    stored = issuer.verifier.snapshot(SECRET)
    assert other.verifier.restore(stored, SECRET) == 1
    assert other.verdict(token()) == "ada" and other.calls == 0


def test_header_says_how_long(monkeypatch):
    from edgewarden._jwks import max_age_secs

    for headers, secs in [
        ({}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": 'public, MAX-AGE="60", max-age=5'}, 60),
        ({"cache-control": "max-age=60", "age": "20"}, 40),
        ({"cache-control": "max-age=60", "age": "99"}, 0),
        ({"cache-control": "max-age=60", "age": "x"}, 60),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=" + "9" * 30}, 2**31),
        ({"cache-control": "s-maxage=5"}, None),
        ({"cache-control": "max-age=\u0663"}, None),
    ]:
        assert max_age_secs(headers) == secs, headers
    issuer = Issuer()
    issuer.headers = {"CACHE-control": "max-age=100", "ETAG": "x\r\ny"}
    assert issuer.verdict(token()) == "ada"
    issuer.clock.pass_secs(99)
    assert issuer.verifier.key_cache.state(ISSUER, now=issuer.clock()) == "fresh"
    issuer.clock.pass_secs(2)
    assert issuer.verifier._step(token(now=issuer.clock()), issuer.clock()).ticket.etag is None


async def test_many_tasks_begin_at_once():
    issuer = Issuer(AsyncJwksVerifier, secs=0.1)
    verified = await asyncio.gather(*(issuer.verifier.verify(token()) for _ in range(200)))
    assert {one.subject for one in verified} == {"ada"} and issuer.calls == 2


async def test_request_that_is_given_up_leaves_its_fetch_alone():
    issuer = Issuer(AsyncJwksVerifier, secs=0.1)
    asked = asyncio.create_task(issuer.verifier.verify(token()))
    await asyncio.sleep(0.02)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await asyncio.sleep(0.2)
    assert issuer.verifier.key_cache.state(ISSUER, now=NOW) == "fresh"
    assert (await issuer.verifier.verify(token())).subject == "ada" and issuer.calls == 1


async def test_loop_goes_on_while_keys_are_fetched():
    issuer = Issuer(AsyncJwksVerifier)
    await issuer.verifier.verify(token())
    issuer.clock.pass_secs(601)
    issuer.secs = 5
    began = time.monotonic()
    assert (await issuer.verifier.verify(token(now=issuer.clock()))).subject == "ada"
    assert time.monotonic() - began < 1
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0.01)
    # The ticket has come back all the same.
    assert issuer.verifier.key_cache.state(ISSUER, now=issuer.clock()) == "stale"


def test_one_verifier_in_several_loops():
    issuer = Issuer(AsyncJwksVerifier)

    async def ask():
        return (await issuer.verifier.verify(token(now=issuer.clock()))).subject

    for _ in range(3):
        assert asyncio.run(ask()) == "ada"
        issuer.clock.pass_secs(300)
    assert issuer.calls <= 3


async def test_outage_for_tasks():
    issuer = Issuer(AsyncJwksVerifier)
    issuer.is_down = True
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            await issuer.verifier.verify(token())
    assert issuer.calls == 1
    issuer.is_down = False
    issuer.clock.pass_secs(8)
    assert (await issuer.verifier.verify(token())).subject == "ada"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_forked_workers_go_on():
    script = f"""
import os, sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
from test_jwks import Issuer
from tokens import token
issuer = Issuer()
# The parent holds both tickets, and the child learns nothing of them.
for _ in range(2):
    issuer.verifier._step(token(), issuer.clock())
child = os.fork()
issuer.clock.pass_secs(30)
issuer.verdict(token())
issuer.clock.pass_secs(30)
assert issuer.verdict(token(now=issuer.clock())) == "ada"
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done


def test_process_ends_while_keys_are_fetched():
    script = f"""
import sys, threading, time
sys.path.insert(0, {os.path.dirname(__file__)!r})
from test_jwks import Issuer
from tokens import token
issuer = Issuer()
issuer.verdict(token())
issuer.secs = 60
issuer.clock.pass_secs(601)
assert issuer.verdict(token(now=issuer.clock())) == "ada"
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stderr) == (0, "") and time.monotonic() - began < 30


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of the process is read from /proc")
def test_calls_leave_nothing_behind():
    from test_leak import CALLS, GROWTH_MAX_KIB, resident_kib

    issuer = Issuer(token_cache_bytes=64 << 10)
    good = [token(jti=str(i), now=NOW + 10**8) for i in range(40)]
    bad = [token(OTHER), good[0][:-3], "x", token(aud="x")]

    def run(calls):
        for i in range(calls // 50):
            for text in good:
                issuer.verdict(text)
            for text in bad:
                issuer.verdict(text)
            issuer.clock.pass_secs(120)
            verified = issuer.verifier.verify(good[i % 40])
            assert verified.claims and repr(verified) and hash(verified)
            issuer.verifier.restore(issuer.verifier.snapshot())
        issuer.settle()

    calls = max(2000, CALLS // 50)
    run(calls // 4)
    before = resident_kib()
    run(calls)
    assert resident_kib() - before < GROWTH_MAX_KIB
