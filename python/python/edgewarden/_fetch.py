"""One GET over http.client: no redirect, no proxy, no more bytes and no more time than allowed."""

import http.client
import socket
import ssl
import threading
import time
from typing import Dict
from urllib.parse import urlsplit

from ._jwks import JwksRequest, JwksResponse


def fetch(request: JwksRequest, context: ssl.SSLContext) -> JwksResponse:
    """The response, whatever its status; OSError or HTTPException if there is none."""
    end = time.monotonic() + request.timeout_secs
    parts = urlsplit(request.url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    sock = _connected(host, port, end)
    # A timeout of a socket counts anew for every piece: a server that sends a byte now and then would hold it for ever.
    # The second handle stays the same connection, however TLS wraps the first.
    watched = sock.dup()
    overdue = threading.Timer(max(0.0, end - time.monotonic()), _cut, [watched])
    overdue.daemon = True
    overdue.start()
    connection: http.client.HTTPConnection
    try:
        if is_secure:
            connection = http.client.HTTPSConnection(host, port, context=context)
            sock = context.wrap_socket(sock, server_hostname=host)
        else:
            connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={**request.headers, "connection": "close"})
        with connection.getresponse() as response:
            body = response.read(request.bytes_max) if response.status == 200 else b""
            headers: Dict[str, str] = {}
            for name, value in response.getheaders():
                # Lines of one name are one list (RFC 9110 section 5.3).
                before = headers.get(name.lower())
                headers[name.lower()] = value if before is None else f"{before}, {value}"
            return JwksResponse(response.status, headers, body)
    finally:
        sock.close()
        overdue.cancel()
        overdue.join()
        watched.close()


def _connected(host: str, port: int, end: float) -> socket.socket:
    """A connection to one of the host's addresses; each gets its share of the time."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    fault = OSError("no address")
    for i, (family, kind, protocol, _, address) in enumerate(addresses):
        rest = end - time.monotonic()
        if rest <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(rest / (len(addresses) - i))
            sock.connect(address)
            sock.settimeout(max(0.001, end - time.monotonic()))
            return sock
        except OSError as error:
            sock.close()
            fault = error
    raise fault


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It has ended by itself.
        pass
