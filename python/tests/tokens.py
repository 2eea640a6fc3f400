"""An issuer for the tests: its keys, its tokens, its server, and a clock that stands until it is moved."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from signatures import Ed25519, encode

ISSUER, AUDIENCE = "https://issuer.example", "https://api.example"
NOW = 1_800_000_000_000
OPTIONS = {"issuer": ISSUER, "audiences": [AUDIENCE], "algorithms": ["EdDSA"]}
SIGNER, OTHER = Ed25519(1, "a"), Ed25519(2, "b")
URI = "http://127.0.0.1:9/jwks.json"
SECRET = b"0123456789abcdef0123456789abcdef"


def claims(now=NOW, **more):
    return {"iss": ISSUER, "aud": AUDIENCE, "exp": now // 1000 + 300, "sub": "ada", **more}


def token(signer=SIGNER, now=NOW, **more):
    return signer.token(claims(now, **more))


def unsigned(kid, now=NOW):
    """A token that lacks nothing but a signature, which is cheap to make in numbers."""
    parts = {"alg": "EdDSA", "kid": kid}, claims(now)
    return ".".join([encode(json.dumps(part).encode()) for part in parts] + [encode(bytes(64))])


def jwks(*signers):
    return json.dumps({"keys": [signer.jwk for signer in signers or (SIGNER,)]}).encode()


class Clock:
    """Milliseconds since 1970, when told."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def pass_secs(self, secs):
        self.now += int(secs * 1000)


class Server(ThreadingHTTPServer):
    """Serves keys on this machine. `answer` is a function of the handler, or what is sent with status 200."""

    daemon_threads = True
    # A client that gives up leaves its answer unread.
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = jwks()
        self.headers = {}
        self.asked = []
        self.uri = f"http://127.0.0.1:{self.server_port}/jwks.json"

    def handle_error(self, request, client_address):
        pass


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.server.answer
        if callable(answer):
            answer(self)
        else:
            self.reply(200, answer, self.server.headers)

    def reply(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(wrap=lambda server: None):
    server = Server()
    wrap(server)
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
