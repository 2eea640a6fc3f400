"""One GET over httpx, held to the same as the one over http.client. Imported only where httpx may be there."""

import ssl

import httpx

from ._jwks import JwksRequest, JwksResponse


async def fetch(request: JwksRequest, context: ssl.SSLContext) -> JwksResponse:
    """The response, whatever its status; httpx.HTTPError if there is none."""
    # A body that is unpacked could be longer than what was read.
    headers = {**request.headers, "accept-encoding": "identity"}
    client = httpx.AsyncClient(
        verify=context, trust_env=False, follow_redirects=False, timeout=request.timeout_secs
    )
    async with client, client.stream("GET", request.url, headers=headers) as response:
        body = bytearray()
        if response.status_code == 200:
            async for piece in response.aiter_raw():
                body += piece
                if len(body) >= request.bytes_max:
                    break
        return JwksResponse(response.status_code, dict(response.headers), bytes(body[: request.bytes_max]))
