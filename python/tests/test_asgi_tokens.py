"""The middleware with a verifier: who has no valid token does not reach the application."""

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from test_http import served
from texts import ATTACK
from tokens import ISSUER, NOW, OPTIONS, OTHER, SECRET, URI, Clock, jwks, token

from edgewarden import ArgumentTypeError, ClosedError
from edgewarden.asgi import EdgewardenMiddleware
from edgewarden.jwt import AsyncJwksVerifier, JwksResponse, JwksVerifier, TokenVerifier, VerifiedToken

GOOD = token()


async def fetch(request):
    return JwksResponse(200, {}, jwks())


def asynchronous(**options):
    return AsyncJwksVerifier(jwks_uri=URI, fetch=options.pop("fetch", fetch), clock=Clock(), **OPTIONS)


def threaded():
    return JwksVerifier(jwks_uri=URI, fetch=lambda request: JwksResponse(200, {}, jwks()), clock=Clock(), **OPTIONS)


class App:
    """Remembers what reached it."""

    def __init__(self):
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"in"})


async def ask(headers, verifier=None, kind="http", app=None, body=b"", **options):
    """The messages that go out, and the scope that reached the application."""
    app = app or App()
    guarded = EdgewardenMiddleware(app, verifier=verifier or asynchronous(), **options)
    headers = [(b"content-type", b"text/plain"), *headers]
    scope = {"type": kind, "method": "POST", "path": "/", "headers": headers, "extensions": {}}
    if kind == "websocket+":
        scope.update(type="websocket", extensions={"websocket.http.response": {}})
    first = {"type": "http.request", "body": body} if kind == "http" else {"type": "websocket.connect"}
    sent = []

    async def receive():
        return first

    async def send(message):
        sent.append(message)

    await guarded(scope, receive, send)
    return sent, app.scopes


def auth(*values):
    return [(b"authorization", value if isinstance(value, bytes) else value.encode()) for value in values]


@pytest.mark.parametrize("verifier", [asynchronous, threaded], ids=["async", "thread"])
async def test_valid_token_reaches_the_application(verifier):
    for value in (f"Bearer {GOOD}", f"bearer {GOOD}", f"BEARER   {GOOD} "):
        sent, (scope,) = await ask(auth(value), verifier())
        assert sent[0]["status"] == 200
        verified = scope["state"]["edgewarden_token"]
        assert isinstance(verified, VerifiedToken) and verified.subject == "ada"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        auth(""),
        auth("Bearer"),
        auth("Bearer "),
        auth(GOOD),
        auth(f"Basic {GOOD}"),
        auth(f"DPoP {GOOD}"),
        auth(f"Bearer {GOOD}", f"Bearer {GOOD}"),
        auth(f"Bearer {GOOD}", "Basic eA=="),
        auth(f"Bearer {GOOD} {GOOD}"),
        auth(f"Bearer\t{GOOD}"),
        [(b"cookie", f"token={GOOD}".encode())],
        [(b"x-authorization", f"Bearer {GOOD}".encode())],
    ],
)
async def test_without_one_token_in_its_place_nobody_passes(headers):
    sent, scopes = await ask(headers)
    assert (sent[0]["status"], scopes) == (401, [])
    assert dict(sent[0]["headers"])[b"www-authenticate"] == b'Bearer realm="api"'
    assert json.loads(sent[1]["body"])["error"]["code"] == "missing_token"


@pytest.mark.parametrize(
    "value, code",
    [
        (f"Bearer {GOOD[:-1]}", "bad_signature_length"),
        (f"Bearer {token(OTHER)}", "unknown_key"),
        (f"Bearer {token(now=NOW - 10**6)}", "token_expired"),
        (f"Bearer {token(aud='marmalade')}", "claim_mismatch"),
        ("Bearer marmalade", "not_jws"),
        (b"Bearer \xff\xfe.a.b", "bad_base64"),
    ],
)
async def test_refused_token_is_told_by_its_code(value, code):
    sent, scopes = await ask(auth(value), realm="marma")
    body = json.loads(sent[1]["body"])["error"]
    if code != "bad_signature_length":
        assert body["code"] == code
    challenge = dict(sent[0]["headers"])[b"www-authenticate"].decode()
    assert challenge.startswith('Bearer realm="marma", error="invalid_token"') and body["code"] in challenge
    assert (sent[0]["status"], scopes) == (401, [])
    assert "marmalade" not in json.dumps(body) + challenge
    assert int(dict(sent[0]["headers"])[b"content-length"]) == len(sent[1]["body"])


async def test_server_without_keys_says_that_it_is_its_own_fault():
    async def down(request):
        raise OSError

    sent, scopes = await ask(auth(f"Bearer {GOOD}"), asynchronous(fetch=down))
    assert (sent[0]["status"], scopes) == (503, [])
    headers = dict(sent[0]["headers"])
    assert headers[b"www-authenticate"] == b'Bearer realm="api"' and int(headers[b"retry-after"]) > 0
    assert json.loads(sent[1]["body"])["error"]["code"] == "keys_unavailable"


async def test_websockets_need_a_token_too():
    sent, scopes = await ask([], kind="websocket")
    assert (sent, scopes) == ([{"type": "websocket.close", "code": 1008}], [])
    sent, scopes = await ask(auth("Bearer x"), kind="websocket+")
    assert [message["type"] for message in sent] == ["websocket.http.response.start", "websocket.http.response.body"]
    assert (sent[0]["status"], scopes) == (401, [])
    sent, (scope,) = await ask(auth(f"Bearer {GOOD}"), kind="websocket")
    assert scope["state"]["edgewarden_token"].subject == "ada" and sent == []
    # Starting and stopping the application needs none.
    _, (scope,) = await ask([], kind="lifespan")
    assert scope["type"] == "lifespan"


async def test_paths_without_a_token():
    options = {"needs_token": lambda scope: scope["path"] != "/"}
    for headers in ([], auth("Bearer x")):
        sent, (scope,) = await ask(headers, **options)
        assert sent[0]["status"] == 200 and scope["state"]["edgewarden_token"] is None


async def test_token_does_not_spare_the_scan_nor_the_scan_the_token():
    sent, scopes = await ask(auth(f"Bearer {GOOD}"), body=ATTACK.encode())
    assert (sent[0]["status"], scopes) == (400, [])
    sent, scopes = await ask([], body=ATTACK.encode())
    assert (sent[0]["status"], scopes) == (401, [])
    sent, scopes = await ask([], applies=lambda scope: False)
    assert (sent[0]["status"], scopes) == (401, [])


async def test_right_token_for_something_else():
    async def later(verified, scope):
        return verified.claims.get("scope") == "read"

    text = token(scope="read")
    for allow in (later, lambda verified, scope: verified.claims.get("scope") == "read"):
        sent, (scope,) = await ask(auth(f"Bearer {text}"), authorize=allow)
        assert sent[0]["status"] == 200
        sent, scopes = await ask(auth(f"Bearer {GOOD}"), authorize=allow)
        assert (sent[0]["status"], scopes) == (403, [])
        assert dict(sent[0]["headers"])[b"www-authenticate"] == b'Bearer realm="api", error="insufficient_scope"'
        assert json.loads(sent[1]["body"])["error"]["code"] == "insufficient_scope"

    async def truthy(verified, scope):
        return "yes"

    sent, scopes = await ask(auth(f"Bearer {GOOD}"), authorize=truthy)
    assert (sent[0]["status"], scopes) == (403, [])


async def test_shared_secret():
    import time

    from test_jwt import claims, hs256

    secret = TokenVerifier(**{**OPTIONS, "algorithms": ["HS256"]}, shared_secret=SECRET)
    now = int(time.time() * 1000)
    sent, (scope,) = await ask(auth(f"Bearer {hs256(claims(now))}"), secret)
    assert scope["state"]["edgewarden_token"].subject == "ada"
    sent, scopes = await ask(auth(f"Bearer {hs256(claims(now), SECRET[::-1])}"), secret)
    assert (sent[0]["status"], scopes) == (401, [])
    for without in (TokenVerifier(**OPTIONS), 5):
        with pytest.raises(ArgumentTypeError):
            EdgewardenMiddleware(App(), verifier=without)


async def test_own_verifier():
    secret = TokenVerifier(**{**OPTIONS, "algorithms": ["HS256"]}, shared_secret=SECRET)

    async def verify(text):
        return secret.verify(text, now=NOW)

    from test_jwt import claims, hs256

    sent, (scope,) = await ask(auth(f"Bearer {hs256(claims())}"), verify)
    assert scope["state"]["edgewarden_token"].subject == "ada"
    sent, scopes = await ask(auth(f"Bearer {GOOD}"), verify)
    assert (sent[0]["status"], scopes) == (401, [])

    async def broken(text):
        raise ClosedError("closed", "the check is closed")

    # A fault is no verdict: the server answers with 500.
    app = App()
    with pytest.raises(ClosedError):
        await ask(auth(f"Bearer {GOOD}"), broken, app=app)
    assert app.scopes == []


async def test_without_a_verifier_nothing_changes():
    app = App()
    guarded = EdgewardenMiddleware(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://x") as client:
        assert (await client.get("/")).status_code == 200
    assert "edgewarden_token" not in app.scopes[0]["state"]


async def test_in_an_application_over_a_connection():
    async def who(request):
        return JSONResponse(request.state.edgewarden_token.subject)

    async def health(request):
        return PlainTextResponse("ok")

    guard = Middleware(EdgewardenMiddleware, verifier=asynchronous(), needs_token=lambda scope: scope["path"] != "/health")
    app = Starlette(routes=[Route("/who", who), Route("/health", health)], middleware=[guard])
    async with served(app) as client:
        assert (await client.get("/health")).text == "ok"
        answer = await client.get("/who")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
        headers = {"authorization": f"Bearer {GOOD}"}
        answers = await asyncio.gather(*(client.get("/who", headers=headers) for _ in range(20)))
        assert {answer.json() for answer in answers} == {"ada"}
        assert ISSUER not in answers[0].text
