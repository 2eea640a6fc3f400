"""The verifier of tokens and the key cache as the package offers them: options as arguments."""

from typing import Callable, Iterable, Mapping, Optional, Tuple, Type, TypeVar

from ._errors import OptionError
from ._native import NativeKeyCache, Verifier
from ._options import snake_error
from ._token_options import KeyLimits, TokenLimits, key_cache_json, verifier_json

_V = TypeVar("_V", bound="TokenVerifier")
_C = TypeVar("_C", bound="KeyCache")


class TokenVerifier(Verifier):
    """Verifies signed tokens (JSON Web Tokens, RFC 7519) with keys that you have.

    Build one and keep it: any number of threads may use it at once. JwksVerifier also fetches the keys. An unknown or
    malformed option raises OptionError, whose field says which.

    issuer, audiences, algorithms: whose tokens, addressed to whom, signed how. They have no default.
    shared_secret: the secret of HMACs, in the place of public keys; algorithms are then HS256, HS384, HS512.
    profile: jwt (default), access_token (RFC 9068), id_token (OpenID Connect) or dpop_proof (RFC 9449).
    confirmation: what a token with a claim cnf, which is bound to a key of its sender, needs to be accepted: none (default:
        it is refused), dpop (it must have cnf.jkt, and you verify the proof), host (you check it, whatever it is).
    nonce: what an ID token must repeat.
    leeway_secs: by how much clocks may differ (default: 60).
    age_secs_max: greatest age.
    require: claims that must be there.
    without_expiry: accept tokens without exp.
    kidless_tries: how many keys are tried for a token without kid (default: 0).
    limits: caps that differ from the defaults.
    host_checks: leave signatures to you in step; to verify every signature is then wrong.
    """

    __slots__ = ("_host_checks", "_options")
    _options: str
    _host_checks: bool

    def __new__(
        cls: Type[_V],
        *,
        issuer: Optional[str] = None,
        audiences: Iterable[str] = (),
        algorithms: Iterable[str] = (),
        shared_secret: Optional[bytes] = None,
        profile: Optional[str] = None,
        confirmation: Optional[str] = None,
        nonce: Optional[str] = None,
        leeway_secs: Optional[int] = None,
        age_secs_max: Optional[int] = None,
        require: Iterable[str] = (),
        without_expiry: bool = False,
        kidless_tries: Optional[int] = None,
        limits: Optional[TokenLimits] = None,
        host_checks: bool = False,
    ) -> _V:
        options = verifier_json(
            issuer,
            audiences,
            algorithms,
            profile,
            confirmation,
            nonce,
            leeway_secs,
            age_secs_max,
            require,
            without_expiry,
            kidless_tries,
            limits,
        )
        try:
            return cls._of(options, shared_secret, host_checks)
        except OptionError as error:
            raise snake_error(error) from None

    @classmethod
    def from_json(
        cls: Type[_V], options: str, shared_secret: Optional[bytes] = None, host_checks: bool = False
    ) -> _V:
        """Return a verifier with options as JSON, in the camelCase form that all languages share.

        A configuration file may hold it: {"issuer": "https://issuer.example", "audiences": ["https://api.example"],
        "algorithms": ["ES256"]}. A shared secret is no part of it.
        """
        return cls._of(options, shared_secret, host_checks)

    @classmethod
    def _of(cls: Type[_V], options: str, shared_secret: Optional[bytes], host_checks: bool) -> _V:
        verifier = super().__new__(cls, options, shared_secret, host_checks)
        verifier._options = options
        verifier._host_checks = host_checks
        return verifier

    def __reduce__(self: _V) -> Tuple[Callable[[str, None, bool], _V], Tuple[str, None, bool]]:
        if self.shared_keys is not None:
            raise TypeError("a verifier with a shared secret is not pickled")
        return type(self).from_json, (self._options, None, self._host_checks)

    def __repr__(self) -> str:
        return f"<TokenVerifier profile={self.profile}>"


class KeyCache(NativeKeyCache):
    """Keeps the key sets of issuers as they age, and says when to fetch. Calls from several threads take turns.

    It fetches nothing itself: JwksVerifier does. trust: issuers that are trusted from the start. Every other option may
    be left out: see KeyCacheOptions.
    """

    __slots__ = ()

    def __new__(
        cls: Type[_C],
        *,
        trust: Iterable[str] = (),
        ttl_secs: Optional[int] = None,
        ttl_secs_min: Optional[int] = None,
        ttl_secs_max: Optional[int] = None,
        stale_secs: Optional[int] = None,
        fetch_secs: Optional[int] = None,
        cooldown_secs: Optional[int] = None,
        negative_secs: Optional[int] = None,
        grace_secs: Optional[int] = None,
        issuers: Optional[int] = None,
        limits: Optional[KeyLimits] = None,
    ) -> _C:
        options: Mapping[str, object] = {
            "ttl_secs": ttl_secs,
            "ttl_secs_min": ttl_secs_min,
            "ttl_secs_max": ttl_secs_max,
            "stale_secs": stale_secs,
            "fetch_secs": fetch_secs,
            "cooldown_secs": cooldown_secs,
            "negative_secs": negative_secs,
            "grace_secs": grace_secs,
            "issuers": issuers,
            "limits": limits,
        }
        try:
            return cls.from_json(key_cache_json(options, trust))
        except OptionError as error:
            raise snake_error(error) from None

    @classmethod
    def from_json(cls: Type[_C], options: str) -> _C:
        """Return a cache with options as JSON, in the camelCase form that all languages share."""
        return super().__new__(cls, options)
