"""Verifiers, key sets and caches without any network."""

import copy
import json
import pickle
import re
import subprocess
import sys
import threading
import time

import pytest
from signatures import encode, hmac_of
from tokens import AUDIENCE, ISSUER, NOW, OPTIONS, OTHER, SECRET, SIGNER, claims, jwks, token

import edgewarden
from edgewarden import ArgumentError, ArgumentTypeError, ArgumentValueError, ClosedError, EdgewardenError, OptionError
from edgewarden.jwt import (
    Evidence,
    JwksRequest,
    JwksVerifier,
    KeyCache,
    KeyCacheError,
    KeySet,
    KeySetError,
    KeysUnavailable,
    ProofRequest,
    SnapshotError,
    TokenCache,
    TokenExpired,
    TokenNotYetValid,
    TokenVerifier,
    VerifiedToken,
    VerifyError,
    challenge,
    proof_challenge,
)

NOT_TEXT = [None, 5, 1.5, b"text", bytearray(b"x"), object(), [], ["a"], {"a": 1}, str]
VERIFIER = TokenVerifier(**OPTIONS)
KEYS = KeySet.from_jwks(jwks().decode())


def refused(text, keys=KEYS, verifier=VERIFIER, now=NOW):
    with pytest.raises(VerifyError) as caught:
        verifier.verify(text, keys, now=now)
    return caught.value


def hs256(payload, secret=SECRET):
    data = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256"}, payload))
    return f"{data}.{encode(hmac_of('HS256', secret, data.encode()))}"


def test_verified_token_says_what_is_in_it():
    verified = VERIFIER.verify(token(scope="read", jti="7", nbf=NOW // 1000), KEYS, now=NOW)
    assert verified.claims["scope"] == "read" and json.loads(verified.claims_json) == verified.claims
    assert (verified.issuer, verified.subject, verified.audience) == (ISSUER, "ada", (AUDIENCE,))
    assert (verified.token_id, verified.kid, verified.algorithm) == ("7", "a", "EdDSA")
    assert verified.expires_at_ms == NOW + 300_000 and verified.valid_until_ms == NOW + 360_000
    assert (verified.not_before_ms, verified.issued_at_ms, verified.bound_key) == (NOW, None, None)
    assert verified.key_thumbprint == KEYS.keys[0].thumbprint and verified.key_generation == 0
    assert json.loads(verified.header_json) == {"alg": "EdDSA", "kid": "a"}
    assert "ada" not in repr(verified)


def test_verified_tokens_are_compared_and_never_made_or_pickled():
    text = token()
    one, other = (VERIFIER.verify(text, KEYS, now=NOW) for _ in range(2))
    assert one == other and hash(one) == hash(other) and one != text
    assert one != VERIFIER.verify(token(jti="8"), KEYS, now=NOW)
    made = (VerifiedToken, lambda: VerifiedToken.__new__(VerifiedToken))
    for forge in (*made, lambda: pickle.dumps(one), lambda: copy.deepcopy(one)):
        with pytest.raises(TypeError):
            forge()
    with pytest.raises(AttributeError):
        one.subject = "eve"


def test_claims_python_reads_otherwise_are_read_all_the_same():
    text = SIGNER.token({**claims(), "__proto__": {"a": 1}, "__class__": "x", "big": 2**200})
    verified = VERIFIER.verify(text, KEYS, now=NOW)
    assert verified.claims["__proto__"] == {"a": 1} and verified.claims["big"] == 2**200
    # More digits than int() takes.
    payload = json.dumps(claims())[:-1] + ',"n":' + "9" * 5000 + "}"
    data = ".".join(encode(part.encode()) for part in ('{"alg":"EdDSA","kid":"a"}', payload))
    verified = VERIFIER.verify(f"{data}.{encode(SIGNER.sign(data.encode()))}", KEYS, now=NOW)
    assert verified.claims["n"] > 10**300 and verified.claims["exp"] == claims()["exp"]


@pytest.mark.parametrize(
    "text, now, kind, code, place, part, retry",
    [
        (token(), NOW + 360_000, TokenExpired, "token_expired", "claim", "exp", "never"),
        (token(nbf=NOW // 1000 + 61), NOW, TokenNotYetValid, "token_not_yet_valid", "claim", "nbf", "at"),
        (token(iat=NOW // 1000 + 99), NOW, TokenNotYetValid, "issued_in_future", "claim", "iat", "at"),
        (token(OTHER), NOW, VerifyError, "unknown_key", "key", None, "never"),
        (token(aud="x"), NOW, VerifyError, "claim_mismatch", "claim", "aud", "never"),
        (token()[:-4] + "AAAA", NOW, VerifyError, "bad_signature", "signature", None, "never"),
        (token() + "\n", NOW, VerifyError, "bad_base64", "signature", None, "never"),
        ("\ud800", NOW, VerifyError, "not_jws", "token", None, "never"),
        ("", NOW, VerifyError, "not_jws", "token", None, "never"),
        ("a" * 20_000, NOW, VerifyError, "too_large", "token", None, "never"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_refusal_has_code_place_and_advice(text, now, kind, code, place, part, retry):
    error = refused(text, now=now)
    assert type(error) is kind and isinstance(error, EdgewardenError)
    assert (error.code, error.place, error.part) == (code, place, part)
    assert error.retry in (retry, "after_refresh") and (error.retry == "at") == (error.retry_at is not None)
    assert error.http_status == 401 and error.code in edgewarden.error_catalogue()
    assert re.fullmatch("[a-z].*[^.]", str(error)) and error.message == str(error)
    assert challenge(error, realm="api").startswith('Bearer realm="api", error="invalid_token"')
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error) and vars(again) == vars(error) and str(again) == str(error)


def test_evidence_is_numbers():
    assert refused("a" * 20_000).evidence == Evidence("limit", 20_000, 16_384)
    assert refused(token(), now=NOW + 400_000).evidence == Evidence("time", NOW + 400_000, NOW + 360_000)
    assert refused("a.b.c!").evidence is not None


def test_every_kind_of_error_is_pickled():
    kinds = [KeySetError, KeyCacheError, SnapshotError]
    errors = [kind("code", "message", 5, "field") for kind in kinds]
    errors.append(KeysUnavailable("keys_unavailable", "m", "keys", None, "at", NOW, Evidence("time", 1, 2), 503))
    for error in errors:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and vars(again) == vars(error)
        assert type(error).__module__ == "edgewarden.jwt"


def test_errors_and_values_show_no_text_of_a_token():
    word = "marmalade"
    headers = [SIGNER.token(claims(), **header) for header in ({"kid": word}, {"typ": word})]
    for text in (word, token(aud=word), token(OTHER, **{word: word}), *headers):
        error = refused(text)
        assert word not in f"{error!r} {error} {vars(error)}"
        assert word not in repr(VERIFIER.explain(text, KEYS, now=NOW))
    text = SIGNER.token(claims(name=word), kid="a")
    verified, asked = VERIFIER.verify(text, KEYS, now=NOW), VERIFIER.plausible(text, now=NOW)
    shown = [verified, asked, VERIFIER, KEYS, VERIFIER.begin(text, KEYS, now=NOW), KeyCache(trust=[word]), TokenCache()]
    shown.append(ProofRequest("GET", "https://api.example/" + word, nonce=word, access_token=word, verified=verified))
    assert word not in repr(shown)


def test_every_code_has_its_class():
    from edgewarden import _errors

    catalogue = edgewarden.error_catalogue()
    told = {**_errors._CLASSES, **_errors._VERDICTS}
    assert set(told) <= set(catalogue) and len(catalogue) > 70
    verdicts = set(catalogue) - set(_errors._CLASSES)
    # What is left is about tokens, where VerifyError is the class.
    assert {"bad_signature", "token_expired", "keys_unavailable", "proof_mismatch"} <= verdicts
    assert not {code for code in verdicts if code.startswith(("snapshot", "key_set", "missing_i"))}


def test_shared_secret_needs_no_keys_and_is_not_pickled():
    options = {**OPTIONS, "algorithms": ["HS256"]}
    verifier = TokenVerifier(**options, shared_secret=SECRET)
    assert verifier.verify(hs256(claims()), now=NOW).subject == "ada"
    assert verifier.shared_keys is not None and len(verifier.shared_keys.keys) == 1
    assert refused(hs256(claims(), SECRET[::-1]), None, verifier).code == "bad_signature"
    # The text of a public key is no secret.
    assert refused(hs256(claims(), jwks()), None, verifier).code == "bad_signature"
    assert refused(hs256(claims())).code == "alg_not_allowed"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(verifier)
    keys = KeySet.from_secret(SECRET, ["HS256"], kid="s")
    assert keys.keys[0].kid == "s" and SECRET.decode() not in repr([verifier, keys])
    again = pickle.loads(pickle.dumps(VERIFIER))
    assert isinstance(again, TokenVerifier) and again.fingerprint == VERIFIER.fingerprint
    with pytest.raises(ArgumentTypeError) as caught:
        VERIFIER.verify(token(), now=NOW)
    assert caught.value.field == "keys"


def test_options_in_json_are_the_same():
    document = json.dumps({**OPTIONS, "leewaySecs": 5, "limits": {"kidBytes": 9}})
    made = TokenVerifier(**OPTIONS, leeway_secs=5, limits={"kid_bytes": 9})
    assert TokenVerifier.from_json(document).fingerprint == made.fingerprint
    assert KeyCache.from_json('{"trust": ["a"]}').issuers == KeyCache(trust=["a"]).issuers == ("a",)


@pytest.mark.parametrize(
    "options, code, field",
    [
        ({"issuer": None}, "missing_issuer", "issuer"),
        ({"audiences": []}, "missing_audience", "audiences"),
        ({"algorithms": []}, "missing_algorithms", "algorithms"),
        ({"algorithms": ["HS256"]}, "hmac_needs_secret", "algorithms"),
        ({"algorithms": ["hush"]}, "invalid_option", "algorithms.0"),
        ({"algorithms": "EdDSA"}, "invalid_option", "algorithms"),
        ({"algorithms": None}, "invalid_option", "algorithms"),
        ({"audiences": "hush"}, "invalid_option", "audiences"),
        ({"audiences": [5]}, "invalid_option", "audiences.0"),
        ({"issuer": 5}, "invalid_option", "issuer"),
        ({"issuer": b"x"}, "invalid_option", "issuer"),
        ({"profile": "hush"}, "invalid_option", "profile"),
        ({"nonce": "hush"}, "not_for_profile", "nonce"),
        ({"leeway_secs": 601}, "invalid_option", "leeway_secs"),
        ({"leeway_secs": -1}, "invalid_option", "leeway_secs"),
        ({"leeway_secs": 1.5}, "invalid_option", "leeway_secs"),
        ({"leeway_secs": True}, "invalid_option", "leeway_secs"),
        ({"age_secs_max": 10**40}, "invalid_option", "age_secs_max"),
        ({"require": [None]}, "invalid_option", "require.0"),
        ({"without_expiry": "hush"}, "invalid_option", "without_expiry"),
        ({"limits": {"token_byte": 1}}, "invalid_option", "limits.token_byte"),
        ({"limits": {"token_bytes": 1}}, "invalid_option", "limits.token_bytes"),
        ({"limits": []}, "invalid_option", "limits"),
        ({"shared_secret": b"short", "algorithms": ["HS256"]}, "unfit_secret", "shared_secret"),
        ({"shared_secret": SECRET}, "not_hmac", "algorithms"),
    ],
    ids=repr,
)
def test_option_that_is_wrong_is_named(options, code, field):
    with pytest.raises(OptionError) as caught:
        TokenVerifier(**{**OPTIONS, **options})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert "hush" not in str(caught.value)


def test_key_cache_option_that_is_wrong_is_named():
    for options, field in [({"limits": {"key": 1}}, "limits.key"), ({"ttl_secs": "x"}, "ttl_secs"), ({"trust": "x"}, "trust")]:
        with pytest.raises(OptionError) as caught:
            KeyCache(**options)
        assert caught.value.field == field
    with pytest.raises(KeyCacheError) as bad:
        KeyCache(trust=[""])
    assert bad.value.code == "bad_issuer"


def calls():
    """Every public call that takes a text."""
    cache, tokens, request = KeyCache(trust=[ISSUER]), TokenCache(), ProofRequest("GET", "https://api.example/")
    proofs = TokenVerifier(profile="dpop_proof", algorithms=["ES256"])
    verified = VERIFIER.verify(token(), KEYS, now=NOW)
    return {
        "verify": lambda text: VERIFIER.verify(text, KEYS, now=NOW),
        "begin": lambda text: VERIFIER.begin(text, KEYS, now=NOW),
        "step": lambda text: VERIFIER.step(text, cache, tokens, now=NOW),
        "plausible": lambda text: VERIFIER.plausible(text, now=NOW),
        "explain": lambda text: VERIFIER.explain(text, KEYS, now=NOW),
        "verify_proof": lambda text: proofs.verify_proof(text, request, now=NOW),
        "begin_proof": lambda text: proofs.begin_proof(text, request, now=NOW),
        "explain_proof": lambda text: proofs.explain_proof(text, request, now=NOW),
        "method": lambda text: ProofRequest(text, "https://api.example/"),
        "url": lambda text: ProofRequest("GET", text),
        "access_token": lambda text: ProofRequest("GET", "x", access_token=text, verified=verified),
        "from_jwks": KeySet.from_jwks,
        "from_jwk": KeySet.from_jwk,
        "trust": cache.trust,
        "forget": cache.forget,
        "keys": lambda text: cache.keys(text, now=NOW),
        "bad_signature": lambda text: cache.bad_signature(text, now=NOW),
        "state": lambda text: cache.state(text, now=NOW),
        "get": lambda text: tokens.get(VERIFIER, text, KEYS, now=NOW),
        "insert": lambda text: tokens.insert(VERIFIER, text, verified),
        "forget token": lambda text: tokens.forget(VERIFIER, text),
        "proof_challenge": proof_challenge,
        "realm": lambda text: challenge(realm=text),
        "from_json": TokenVerifier.from_json,
        "key cache from_json": KeyCache.from_json,
    }


NAMES = sorted(calls())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", NOT_TEXT, ids=lambda value: type(value).__name__)
def test_what_is_no_text_is_a_type_error(name, value):
    if value is None and name in ("access_token", "realm"):
        return
    with pytest.raises(ArgumentTypeError) as caught:
        calls()[name](value)
    assert caught.value.code == "invalid_argument" and caught.value.field


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["", "\ud800", "\0", "a.b.c", "....", "é" * 9, "[" * 5000, "{", "\U0010ffff", "null"], ids=ascii)
def test_any_text_has_an_answer_or_an_error_of_the_package(name, text):
    try:
        calls()[name](text)
    except EdgewardenError as error:
        assert error.code in edgewarden.error_catalogue()


def test_arguments_of_the_wrong_type_or_range():
    cache, tokens = KeyCache(trust=[ISSUER]), TokenCache()
    ticket = cache.keys(ISSUER, now=NOW, entropy=3).ticket
    verified = VERIFIER.verify(token(), KEYS, now=NOW)
    for call, field in [
        (lambda: VERIFIER.verify("", 5), "keys"),
        (lambda: VERIFIER.step("", 5), "key_cache"),
        (lambda: VERIFIER.step("", cache, 5), "token_cache"),
        (lambda: VERIFIER.step("", cache, entropy="x"), "entropy"),
        (lambda: VERIFIER.step("", cache, entropy=True), "entropy"),
        (lambda: VERIFIER.step("", cache, entropy=2**53), "entropy"),
        (lambda: VERIFIER.step("", cache, entropy=-1), "entropy"),
        (lambda: VERIFIER.verify("", KEYS, now=1.5), "now"),
        (lambda: VERIFIER.verify("", KEYS, now=-1), "now"),
        (lambda: VERIFIER.verify("", KEYS, now=2**53), "now"),
        (lambda: VERIFIER.verify_proof("", 5), "request"),
        (lambda: ProofRequest("GET", "x", access_token="x"), "verified"),
        (lambda: ProofRequest("GET", "x", verified=verified), "access_token"),
        (lambda: ProofRequest("GET", "x", access_token="x", verified="x"), "verified"),
        (lambda: TokenVerifier(**OPTIONS, shared_secret="text"), "shared_secret"),
        (lambda: KeySet.from_secret("text", ["HS256"]), "secret"),
        (lambda: KeySet.from_secret(SECRET, "HS256"), "algorithms"),
        (lambda: KeySet.from_secret(SECRET, 5), "algorithms"),
        (lambda: KeySet.from_secret(SECRET, ["hush"]), "algorithms"),
        (lambda: cache.fetched(5, b""), "ticket"),
        (lambda: cache.fetched(ticket, "text"), "body"),
        (lambda: cache.fetched(ticket, b"", "x"), "max_age_secs"),
        (lambda: cache.fetched(ticket, b"", -1), "max_age_secs"),
        (lambda: cache.fetched(ticket, b"", 2**64), "max_age_secs"),
        (lambda: cache.fetched(ticket, b"", 5, 5), "etag"),
        (lambda: cache.snapshot("text"), "mac_key"),
        (lambda: cache.restore("text"), "data"),
        (lambda: TokenCache("x"), "bytes_max"),
        (lambda: TokenCache(-1), "bytes_max"),
        (lambda: tokens.get(5, "", KEYS), "verifier"),
        (lambda: tokens.insert(VERIFIER, "", 5), "verified"),
        (lambda: challenge(5), "error"),
        (lambda: challenge(ValueError()), "error"),
        (lambda: proof_challenge("hush"), "what"),
        (lambda: proof_challenge("proof"), "error"),
    ]:
        with pytest.raises(ArgumentError) as caught:
            call()
        assert caught.value.field == field and "hush" not in str(caught.value)
    with pytest.raises(ArgumentValueError):
        from datetime import datetime

        VERIFIER.verify("", KEYS, now=datetime(2030, 1, 1))


def test_check_of_the_host_ends_once():
    check = VERIFIER.begin(token(), KEYS, now=NOW)
    assert json.loads(check.key_jwk)["x"] == SIGNER.jwk["x"] and check.key_kid == "a"
    assert check.key_thumbprint == KEYS.keys[0].thumbprint and check.algorithm == "EdDSA"
    assert check.signing_input == token().rsplit(".", 1)[0].encode() and len(check.signature) == 64
    assert check.next_key() is False and repr(check) == "<HostCheck>"
    assert check.finish(True, now=NOW).subject == "ada"
    for call in (lambda: check.algorithm, lambda: check.signature, check.next_key, lambda: check.finish(True)):
        with pytest.raises(ClosedError):
            call()
    with pytest.raises(VerifyError) as caught:
        VERIFIER.begin(token(), KEYS, now=NOW).finish(False, now=NOW)
    assert caught.value.code == "bad_signature"
    with pytest.raises(TokenExpired):
        VERIFIER.begin(token(), KEYS, now=NOW).finish(True, now=NOW + 400_000)


def test_steps_of_a_token():
    cache, tokens = KeyCache(trust=[ISSUER]), TokenCache()
    step = VERIFIER.step(token(), cache, tokens, now=NOW)
    assert (step.kind, step.ticket.issuer, step.verified, step.error) == ("fetch", ISSUER, None, None)
    assert step.ticket.deadline_ms == NOW + 10_000
    # A second one may fetch while there is nothing at all.
    second = VERIFIER.step(token(), cache, tokens, now=NOW)
    wait = VERIFIER.step(token(), cache, tokens, now=NOW)
    assert (wait.kind, wait.ticket, wait.until_ms) == ("wait", None, NOW + 10_000)
    assert second.kind == "fetch" and cache.failed(second.ticket, now=NOW).kind == "failed"
    update = cache.fetched(step.ticket, jwks(), 120, '"1"', now=NOW)
    assert (update.kind, update.added, update.fresh_until_ms) == ("replaced", 1, NOW + 120_000)
    assert cache.state(ISSUER, now=NOW) == "fresh" and cache.state("x", now=NOW) is None
    step = VERIFIER.step(token(), cache, tokens, now=NOW)
    assert (step.kind, step.verified.key_generation, len(tokens)) == ("verified", 1, 1) and tokens.bytes > 100
    assert VERIFIER.step(token(), cache, tokens, now=NOW).verified == step.verified
    stale = VERIFIER.step(token(), cache, tokens, now=NOW + 120_000)
    assert stale.kind == "verified" and stale.ticket.etag == '"1"'
    assert cache.not_modified(stale.ticket.id, now=NOW + 120_000).kind == "confirmed"
    for late in (stale.ticket, "no such ticket"):
        with pytest.raises(KeyCacheError) as caught:
            cache.failed(late)
        assert caught.value.code == "ticket_spent"
    refused = VERIFIER.step("x", cache, tokens, now=NOW)
    assert (refused.kind, refused.error.code) == ("refused", "not_jws")
    host = TokenVerifier(**OPTIONS, host_checks=True).step(token(), cache, None, now=NOW)
    assert host.kind == "check" and host.check.finish(True, now=NOW).subject == "ada"


def test_snapshots_are_authentic_or_refused():
    cache = KeyCache(trust=[ISSUER])
    cache.fetched(cache.keys(ISSUER, now=NOW).ticket, jwks(), now=NOW)
    stored = cache.snapshot(SECRET)
    other = KeyCache(trust=[ISSUER])
    assert other.restore(stored, SECRET, now=NOW) == 1 and other.state(ISSUER, now=NOW) == "fresh"
    assert KeyCache(trust=["https://else.example"]).restore(stored, SECRET, now=NOW) == 0
    for data, key, code in [
        (stored, None, "snapshot_authentication_mismatch"),
        (stored, SECRET[::-1], "snapshot_not_authentic"),
        (b"", None, "not_a_snapshot"),
        (cache.snapshot()[:-1], None, "snapshot_malformed"),
    ]:
        with pytest.raises(SnapshotError) as caught:
            KeyCache(trust=[ISSUER]).restore(data, key, now=NOW)
        assert caught.value.code == code


def test_key_sets_say_what_they_refuse():
    document = json.dumps({"keys": [SIGNER.jwk, {"kty": "hush"}, OTHER.jwk]})
    keys = KeySet.from_jwks(document)
    assert [key.kid for key in keys.keys] == ["a", "b"] and keys.keys[0].algorithms == ("EdDSA",)
    assert [(key.index, key.code) for key in keys.refused] == [(1, "key_unsupported")]
    assert keys == KeySet.from_jwks(document) and hash(keys) == hash(KeySet.from_jwks(document)) and keys != KEYS
    for call, code, offset in [
        (lambda: KeySet.from_jwks("é{"), "key_set_not_json", 0),
        (lambda: KeySet.from_jwks('{"é": x}'), "key_set_not_json", 6),
        (lambda: KeySet.from_jwks("[]"), "not_a_key_set", None),
        (lambda: KeySet.from_jwks(document, {"keys": 2}), "too_many_keys", None),
        (lambda: KeySet.from_jwks(document, {"bytes": 9}), "key_set_too_large", None),
        (lambda: KeySet.from_jwk('{"kty": "OKP"}'), None, None),
        (lambda: KeySet.from_secret(b"short", ["HS256"]), None, None),
    ]:
        with pytest.raises(KeySetError) as caught:
            call()
        assert code in (None, caught.value.code) and caught.value.offset == offset
    for limits in (5, "x", {"key": 1}, {"keys": "x"}):
        with pytest.raises(OptionError) as wrong:
            KeySet.from_jwks(document, limits)
        assert wrong.value.field.startswith("limits")


def test_challenges():
    error = refused(token(aud="x"))
    assert challenge() == 'Bearer realm=""' and challenge(realm='a"\r\nb') == 'Bearer realm="ab"'
    assert challenge(error, realm="api").endswith('error_description="claim aud: claim_mismatch"')
    keys = KeysUnavailable("keys_unavailable", "keys: no keys at hand", "keys", http_status=503)
    assert challenge(keys, realm="api") == 'Bearer realm="api"'
    assert proof_challenge("missing", realm="api", algorithms=["ES256"]) == 'DPoP realm="api", algs="ES256"'
    assert 'error="use_dpop_nonce"' in proof_challenge("nonce_needed")
    assert 'error="invalid_dpop_proof"' in proof_challenge("proof", error)


def test_other_threads_run_while_signatures_are_checked():
    ticks, ended = [], threading.Event()

    def tick():
        while not ended.is_set():
            ticks.append(None)
            time.sleep(0.0001)

    text, ticker = token(), threading.Thread(target=tick)
    interval = sys.getswitchinterval()
    # From now on a thread runs until it lets go by itself.
    sys.setswitchinterval(60)
    try:
        ticker.start()
        before = len(ticks)
        for _ in range(2000):
            VERIFIER.verify(text, KEYS, now=NOW)
            if len(ticks) > before + 5:
                break
        assert len(ticks) > before
    finally:
        ended.set()
        sys.setswitchinterval(interval)
        ticker.join()


def test_a_scanner_alone_loads_nothing_of_tokens():
    script = (
        "import sys, edgewarden; edgewarden.PromptScanner().scan('x')\n"
        "print([n for n in ('http.client', 'edgewarden.jwt', 'edgewarden._token_values') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    "uri",
    [
        None,
        5,
        "",
        "issuer.example/jwks",
        "http://issuer.example/jwks",
        "http://127.0.0.1.example/jwks",
        "http://localhost.example/jwks",
        "ftp://127.0.0.1/jwks",
        "file:///etc/passwd",
        "https:///jwks",
        "https://user:hush@issuer.example/jwks",
        "https://issuer.example/jwks#hush",
        "https://issuer.example/\r\nhush: 1",
        "https://issuer.example/a b",
        "https://issuer.example:99999/",
        "https://[::1/",
        "https://issuer.example/é",
    ],
)
def test_address_of_keys_is_https_or_this_machine(uri):
    with pytest.raises(OptionError) as caught:
        JwksVerifier(jwks_uri=uri, **OPTIONS)
    assert caught.value.field == "jwks_uri" and "hush" not in str(caught.value)


def test_good_addresses_of_keys():
    here = ("http://127.0.0.1:5/", "http://[::1]/jwks", "http://localhost/")
    for uri in ("https://issuer.example/jwks?a=1", "HTTPS://x.example", *here):
        assert repr(JwksVerifier(jwks_uri=uri, **OPTIONS)) == "<JwksVerifier profile=jwt>"


def test_options_of_a_verifier_that_fetches():
    uri = "https://issuer.example/jwks"
    for more, code, field in [
        ({"algorithms": ["HS256"]}, "hmac_needs_secret", "algorithms"),
        ({"issuer": None}, "missing_issuer", "issuer"),
        ({"profile": "dpop_proof", "audiences": [], "issuer": None}, "not_for_profile", "profile"),
        ({"key_cache": []}, "invalid_option", "key_cache"),
        ({"key_cache": {"trust": ["x"]}}, "invalid_option", "key_cache.trust"),
        ({"key_cache": {"hush_secs": 1}}, "invalid_option", "key_cache.hush_secs"),
        ({"key_cache": {"ttl_secs": "x"}}, "invalid_option", "key_cache.ttl_secs"),
        ({"key_cache": {"limits": {"key": 1}}}, "invalid_option", "key_cache.limits.key"),
        ({"token_cache_bytes": -1}, "invalid_option", "token_cache_bytes"),
        ({"token_cache_bytes": "hush"}, "invalid_option", "token_cache_bytes"),
        ({"fetch": 5}, "invalid_option", "fetch"),
        ({"clock": 5}, "invalid_option", "clock"),
        ({"ssl_context": True}, "invalid_option", "ssl_context"),
    ]:
        with pytest.raises(OptionError) as caught:
            JwksVerifier(jwks_uri=uri, **{**OPTIONS, **more})
        assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(TypeError):
        JwksVerifier(jwks_uri=uri, **OPTIONS, shared_secret=SECRET)
    assert JwksVerifier(jwks_uri=uri, **OPTIONS, token_cache_bytes=0).token_cache is None
    assert JwksRequest(uri, {}, 1.0, 5) == JwksRequest(uri, {}, 1.0, 5)
