"""A verifier that fetches the keys of its issuer."""

import asyncio
import logging
import ssl
import threading
import time
from typing import Awaitable, Callable, Generic, Iterable, List, Mapping, Optional, Set, TypeVar

from . import _fetch
from ._errors import KeysUnavailable, OptionError
from ._jwks import JwksRequest, JwksResponse, checked_uri, hand_in, request_of
from ._native import Step, TokenCache, VerifiedToken
from ._token_options import KeyCacheOptions, TokenLimits, key_cache_json, within
from ._token_values import FetchTicket
from ._tokens import KeyCache, TokenVerifier

_R = TypeVar("_R")

log = logging.getLogger("edgewarden.jwt")


class _Jwks(Generic[_R]):
    """What both kinds share."""

    def __init__(
        self,
        *,
        jwks_uri: str,
        issuer: str,
        audiences: Iterable[str],
        algorithms: Iterable[str],
        profile: Optional[str] = None,
        confirmation: Optional[str] = None,
        nonce: Optional[str] = None,
        leeway_secs: Optional[int] = None,
        age_secs_max: Optional[int] = None,
        require: Iterable[str] = (),
        without_expiry: bool = False,
        kidless_tries: Optional[int] = None,
        limits: Optional[TokenLimits] = None,
        key_cache: Optional[KeyCacheOptions] = None,
        token_cache_bytes: int = 4 << 20,
        fetch: Optional[Callable[[JwksRequest], _R]] = None,
        ssl_context: Optional[ssl.SSLContext] = None,
        clock: Optional[Callable[[], int]] = None,
    ) -> None:
        self._verifier = TokenVerifier(
            issuer=issuer,
            audiences=audiences,
            algorithms=algorithms,
            profile=profile,
            confirmation=confirmation,
            nonce=nonce,
            leeway_secs=leeway_secs,
            age_secs_max=age_secs_max,
            require=require,
            without_expiry=without_expiry,
            kidless_tries=kidless_tries,
            limits=limits,
        )
        if self._verifier.issuer is None:
            # A proof of possession brings its own key.
            raise OptionError("not_for_profile", "option `profile`: has no keys to fetch", None, "profile")
        _check(token_cache_bytes, "token_cache_bytes", "not a number of bytes", _is_size)
        _check(fetch, "fetch", "not a function", callable)
        _check(clock, "clock", "not a function", callable)
        _check(ssl_context, "ssl_context", "not an SSLContext", lambda value: isinstance(value, ssl.SSLContext))
        options: KeyCacheOptions = {} if key_cache is None else key_cache
        self._keys = _cache_of(options, issuer)
        self._tokens = TokenCache(token_cache_bytes) if token_cache_bytes else None
        self._uri = checked_uri(jwks_uri)
        self._body_max = min(options.get("limits", {}).get("bytes", 256 << 10), _BODY_MAX)
        self._patience_secs = 3.0 * options.get("fetch_secs", 10)
        self._fetch: Optional[Callable[[JwksRequest], _R]] = fetch
        self._context = ssl_context
        self._clock = _now if clock is None else clock

    @property
    def issuer(self) -> str:
        """The issuer whose tokens are accepted."""
        return self._verifier.issuer or ""

    @property
    def verifier(self) -> TokenVerifier:
        """What verifies with the keys that are there."""
        return self._verifier

    @property
    def key_cache(self) -> KeyCache:
        """What keeps the keys."""
        return self._keys

    @property
    def token_cache(self) -> Optional[TokenCache]:
        """What keeps verified tokens; None if it is off."""
        return self._tokens

    def snapshot(self, mac_key: Optional[bytes] = None) -> bytes:
        """Return the keys as bytes, for another process to start from; see KeyCache.snapshot."""
        return self._keys.snapshot(mac_key)

    def restore(self, data: bytes, mac_key: Optional[bytes] = None) -> int:
        """Take the keys of a snapshot; returns how many sets. See KeyCache.restore."""
        return self._keys.restore(data, mac_key, now=self._clock())

    def forget(self, token: str) -> bool:
        """Drop a token that is kept, as after a logout; says whether it was there. Its next use verifies it anew."""
        return self._tokens is not None and self._tokens.forget(self._verifier, token)

    def state(self) -> Optional[str]:
        """Return how it stands with its keys: empty, fresh, stale or refreshing."""
        return self._keys.state(self.issuer, now=self._clock())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} profile={self._verifier.profile}>"

    def _step(self, token: str, now: int) -> Step:
        return self._verifier.step(token, self._keys, self._tokens, now=now)

    def _request(self, ticket: FetchTicket, now: int) -> JwksRequest:
        # It ends before its deadline does: then the cache hears of a failure and backs off, instead of losing the ticket.
        secs = 0.95 * max(0.0, (ticket.deadline_ms - now) / 1000)
        return request_of(self._uri, ticket, secs, self._body_max)

    def _hand_in(
        self, ticket: FetchTicket, request: JwksRequest, response: Optional[JwksResponse], fault: Optional[Exception] = None
    ) -> None:
        now = self._clock()
        try:
            wrong = hand_in(self._keys, ticket, response, request.bytes_max, now)
        except (AttributeError, TypeError, ValueError):
            # A `fetch` of the host that answers something else.
            wrong = hand_in(self._keys, ticket, None, 0, now)
        if wrong is not None:
            log.warning("keys not fetched: %s", wrong if fault is None else type(fault).__name__)

    def _tls(self) -> ssl.SSLContext:
        context = self._context
        if context is None:
            context = self._context = ssl.create_default_context()
        return context


class JwksVerifier(_Jwks[JwksResponse]):
    """Verifies tokens and fetches the keys of their issuer. Any number of threads may use one.

    Build one and keep it. The options of TokenVerifier (but no shared secret), and:

    jwks_uri: where the keys are: https, or http on this machine. Never taken from a token.
    key_cache: how long keys serve; see KeyCacheOptions.
    token_cache_bytes: how much is kept of tokens that were verified (default: 4 MiB; 0 for none).
    fetch: fetches in the place of http.client; it may raise, and is called on a thread of its own.
    ssl_context: whom to trust over TLS (default: ssl.create_default_context()).
    clock: milliseconds since 1970, for tests.

    Keys are fetched when the first token comes, and later in the background, on daemon threads. A redirect counts as a
    failure, and proxies of the environment are not used. Nothing else here opens a connection.
    """

    def verify(self, token: str) -> VerifiedToken:
        """Verify a token, or raise VerifyError. Waits for keys if there are none yet."""
        pauses, give_up = _pauses(), time.monotonic() + self._patience_secs
        while True:
            now = self._clock()
            step = self._step(token, now)
            done = None if step.ticket is None else self._start(step.ticket, now)
            if step.kind == "fetch" and step.ticket is not None and done is not None:
                done.wait(max(0.0, (step.ticket.deadline_ms - now) / 1000))
            elif step.verified is not None:
                return step.verified
            elif step.error is not None:
                raise step.error
            else:
                self._sleep(_pause(pauses, step, now))
            if time.monotonic() > give_up:
                raise _no_keys(now)

    def _start(self, ticket: FetchTicket, now: int) -> threading.Event:
        """Fetches on a thread of its own: an answer does not wait for it, and no fetch ends with the request it began in."""
        done = threading.Event()
        request = self._request(ticket, now)
        thread = threading.Thread(target=self._run, args=(ticket, request, done), name="edgewarden-jwks", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No thread can be had: the next token asks again.
            self._hand_in(ticket, request, None)
            done.set()
        return done

    def _run(self, ticket: FetchTicket, request: JwksRequest, done: threading.Event) -> None:
        response: Optional[JwksResponse] = None
        fault: Optional[Exception] = None
        try:
            fetch = self._fetch
            response = _fetch.fetch(request, self._tls()) if fetch is None else fetch(request)
        except Exception as error:
            fault = error
        finally:
            try:
                self._hand_in(ticket, request, response, fault)
            finally:
                done.set()

    def _sleep(self, secs: float) -> None:
        time.sleep(secs)


class AsyncJwksVerifier(_Jwks[Awaitable[JwksResponse]]):
    """JwksVerifier for asyncio: verify is a coroutine, and fetching leaves the event loop free.

    fetch: a coroutine function that fetches; by default httpx if it is installed, else http.client on a thread of the
    loop's executor. All other options are those of JwksVerifier.
    """

    _by_httpx: Optional[bool] = None

    async def verify(self, token: str) -> VerifiedToken:
        """Verify a token, or raise VerifyError. Waits for keys if there are none yet."""
        pauses, give_up = _pauses(), time.monotonic() + self._patience_secs
        while True:
            now = self._clock()
            step = self._step(token, now)
            task = None if step.ticket is None else self._start(step.ticket, now)
            if step.kind == "fetch" and step.ticket is not None and task is not None:
                # Waiting does not cancel the fetch with the request.
                await asyncio.wait({task}, timeout=max(0.0, (step.ticket.deadline_ms - now) / 1000))
            elif step.verified is not None:
                return step.verified
            elif step.error is not None:
                raise step.error
            else:
                await self._sleep(_pause(pauses, step, now))
            if time.monotonic() > give_up:
                raise _no_keys(now)

    def _start(self, ticket: FetchTicket, now: int) -> "asyncio.Task[None]":
        request = self._request(ticket, now)
        task = asyncio.get_running_loop().create_task(self._run(ticket, request))
        # A loop holds its tasks weakly.
        _running.add(task)

        def end(task: "asyncio.Task[None]") -> None:
            _running.discard(task)
            if task.cancelled():
                # Perhaps before it ran at all.
                hand_in(self._keys, ticket, None, 0, self._clock())

        task.add_done_callback(end)
        return task

    async def _run(self, ticket: FetchTicket, request: JwksRequest) -> None:
        response: Optional[JwksResponse] = None
        fault: Optional[Exception] = None
        try:
            fetch = self._fetch or self._fetch_here
            response = await asyncio.wait_for(fetch(request), request.timeout_secs)
        except Exception as error:
            fault = error
        finally:
            # Also where the loop ends before the fetch.
            self._hand_in(ticket, request, response, fault)

    async def _fetch_here(self, request: JwksRequest) -> JwksResponse:
        loop = asyncio.get_running_loop()
        if self._by_httpx is None:
            # Importing a client and reading the certificates of the machine take a while.
            self._by_httpx = await loop.run_in_executor(None, _httpx_is_there)
            await loop.run_in_executor(None, self._tls)
        if self._by_httpx:
            from . import _fetch_httpx

            return await _fetch_httpx.fetch(request, self._tls())
        return await loop.run_in_executor(None, _fetch.fetch, request, self._tls())

    async def _sleep(self, secs: float) -> None:
        await asyncio.sleep(secs)


def _cache_of(options: KeyCacheOptions, issuer: str) -> KeyCache:
    if not isinstance(options, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError("invalid_option", "option `key_cache`: not an object", None, "key_cache")
    if "trust" in options:
        raise OptionError("invalid_option", "option `key_cache.trust`: unknown", None, "key_cache.trust")
    try:
        return KeyCache.from_json(key_cache_json(options, [issuer]))
    except OptionError as error:
        raise within(error, "key_cache") from None


def _check(value: object, option: str, what: str, is_right: Callable[[object], bool]) -> None:
    if value is not None and not is_right(value):
        raise OptionError("invalid_option", f"option `{option}`: {what}", None, option)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _httpx_is_there() -> bool:
    try:
        from . import _fetch_httpx  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        return False
    return True


def _pauses() -> List[float]:
    """Pauses of a request that waits for others, the next one last; the first of them is repeated."""
    return [0.4, 0.2, 0.1, 0.05, 0.025]


def _pause(pauses: List[float], step: Step, now: int) -> float:
    pause = pauses.pop() if len(pauses) > 1 else pauses[0]
    until = now if step.until_ms is None else step.until_ms
    return min(pause, max(0.001, (until - now) / 1000))


def _no_keys(now: int) -> KeysUnavailable:
    """Who has waited for several fetches waits for no more."""
    return KeysUnavailable(
        "keys_unavailable", "keys: no keys at hand", "keys", None, "at", now + 1000, None, 503
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


# No limit of a key set is higher.
_BODY_MAX = 4 << 20
_running: "Set[asyncio.Task[None]]" = set()
