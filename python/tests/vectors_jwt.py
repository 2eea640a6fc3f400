"""The kinds of vectors that are about tokens, through the public interface."""

import base64
import hmac
import json
import re
from typing import Any, Callable, Dict, List, Optional

from signatures import hmac_of, verify

from edgewarden import EdgewardenError
from edgewarden.jwt import (
    FetchTicket,
    HostCheck,
    KeyAnswer,
    KeyCache,
    KeySet,
    ProofRequest,
    TokenCheck,
    TokenVerifier,
    VerifiedToken,
    VerifyError,
    challenge,
)

Case = Dict[str, Any]
ENTROPY = 0
DATA = (
    "claims_json header_json algorithm kid issuer subject audience token_id expires_at_ms not_before_ms issued_at_ms "
    "valid_until_ms bound_key key_thumbprint key_generation"
).split()


class Asked:
    """A question, ready to be asked in every way there is."""

    def __init__(self, case: Case) -> None:
        self.secret: Optional[bytes] = case["secret"].encode() if "secret" in case else None
        self.verifier = verifier_of(case["options"], self.secret)
        self.keys = self.verifier.shared_keys or KeySet.from_jwks(json.dumps({"keys": case.get("keys", [])}))
        self.token, self.now = case["token"], case["now"]
        self.request: Optional[ProofRequest] = None
        request = case.get("request")
        if request is not None:
            access = request.get("access_token")
            verified = None
            if access is not None:
                verified = verifier_of(request["access_options"], None).verify(access, self.keys, now=self.now)
            nonce = request.get("nonce")
            self.request = ProofRequest(
                request["method"], request["url"], nonce=nonce, access_token=access, verified=verified
            )

    def verify(self) -> VerifiedToken:
        if self.request is None:
            return self.verifier.verify(self.token, self.keys, now=self.now)
        return self.verifier.verify_proof(self.token, self.request, now=self.now)

    def in_two_steps(self) -> VerifiedToken:
        if self.request is None:
            check = self.verifier.begin(self.token, self.keys, now=self.now)
        else:
            check = self.verifier.begin_proof(self.token, self.request, now=self.now)
        valid = self.host_says(check)
        while not valid and check.next_key():
            valid = self.host_says(check)
        return check.finish(valid, now=self.now)

    def host_says(self, check: HostCheck) -> bool:
        jwk = check.key_jwk
        if jwk is not None:
            return verify(check.algorithm, json.loads(jwk), check.signing_input, check.signature)
        return hmac.compare_digest(hmac_of(check.algorithm, self.secret, check.signing_input), check.signature)

    def checks(self) -> List[TokenCheck]:
        if self.request is None:
            return self.verifier.explain(self.token, self.keys, now=self.now)
        return self.verifier.explain_proof(self.token, self.request, now=self.now)


def jwt_case(case: Case) -> None:
    asked = Asked(case)
    for name, ask in (("one step", asked.verify), ("two steps", asked.in_two_steps)):
        try:
            token = ask()
        except VerifyError as error:
            equal(f"verdict in {name}", error.code, case["verdict"])
            equal(f"error in {name}", error_data(error), case["error"])
            equal(f"challenge in {name}", challenge(error, realm="api"), case["challenge"])
        else:
            equal(f"verdict in {name}", "ok", case["verdict"])
            equal(f"data in {name}", token_data(token), case["data"])
            equal(f"claims in {name}", token.claims, json.loads(token.claims_json))
    checks = asked.checks()
    faults = [check.error for check in checks if check.error is not None]
    if case["verdict"] == "ok":
        equal("outcomes", {check.outcome for check in checks}, {"passed"})
    else:
        equal("first fault of the explanation", error_data(faults[0]), case["error"])


def explain_case(case: Case) -> None:
    found = [
        present(
            check=check.check,
            place=check.place,
            name=check.part,
            outcome=check.outcome,
            error=None if check.error is None else error_data(check.error),
            expected=check.expected,
            got=check.got,
        )
        for check in Asked(case).checks()
    ]
    equal("checks", found, case["checks"])


def keys_case(case: Case) -> None:
    jwks = case["jwks"]
    try:
        keys = KeySet.from_jwks(jwks, case.get("limits"))
    except EdgewardenError as error:
        equal("verdict", error.code, case["verdict"])
        want = case.get("offset")
        # Offsets count bytes there and code points here.
        equal("offset", error.offset, want and len(jwks.encode()[:want].decode()))
        return
    equal("verdict", "ok", case["verdict"])
    infos = [
        present(kid=key.kid, algorithms=list(key.algorithms), thumbprint=key.thumbprint, generation=key.generation)
        for key in keys.keys
    ]
    equal("keys", infos, case["keys"])
    refused = [present(index=key.index, kid=key.kid, code=key.code) for key in keys.refused]
    equal("refused", refused, case["refused"])


def cache_case(case: Case) -> None:
    run = Transcript(case["options"])
    for index, step in enumerate(case["steps"]):
        if step["event"] == "restart":
            run.cache = cache_of(case["options"])
            continue
        try:
            answer = run.take(step)
        except EdgewardenError as error:
            answer = {"error": error.code}
        equal(f"answer {index} ({step['event']})", answer, step["answer"])


class Transcript:
    """The cache as a transcript goes on."""

    def __init__(self, options: Case) -> None:
        self.cache = cache_of(options)
        self.tickets: List[FetchTicket] = []
        self.stored = b""

    def take(self, step: Case) -> Case:
        cache, now, issuer, kid = self.cache, step["now"], step.get("issuer", ""), step.get("kid")
        mac_key = step["mac_key"].encode() if "mac_key" in step else None
        event = step["event"]
        if event == "keys":
            return self.told(cache.keys(issuer, kid, step.get("plausible", True), now=now, entropy=ENTROPY))
        if event == "bad_signature":
            ticket = cache.bad_signature(issuer, kid, now=now, entropy=ENTROPY)
            return {"fetch": None if ticket is None else self.issued(ticket)}
        if event == "state":
            return {"state": cache.state(issuer, now=now)}
        if event in ("trust", "forget"):
            getattr(cache, event)(issuer)
            return {}
        if event == "snapshot":
            self.stored = cache.snapshot(mac_key)
            return {"bytes": len(self.stored)}
        if event == "restore":
            return {"sets": cache.restore(self.stored, mac_key, now=now)}
        ticket, max_age = self.tickets[step["ticket"]], step.get("max_age_secs")
        if event == "fetched":
            update = cache.fetched(ticket, step["body"].encode(), max_age, step.get("etag"), now=now)
        elif event == "not_modified":
            update = cache.not_modified(ticket, max_age, now=now)
        else:
            update = cache.failed(ticket.id, now=now)
        return {camel(k): v for k, v in present(**vars(update)).items()}

    def told(self, answer: KeyAnswer) -> Case:
        out: Case = {"answer": answer.kind}
        if answer.keys is not None:
            out["keys"] = [[key.kid, key.generation] for key in answer.keys.keys]
            out["revision"] = answer.keys.revision
        if answer.ticket is not None:
            out["fetch"] = self.issued(answer.ticket)
        if answer.until_ms is not None:
            out["until"] = answer.until_ms
        if answer.error is not None:
            out["error"] = error_data(answer.error)
        return out

    def issued(self, ticket: FetchTicket) -> Case:
        self.tickets.append(ticket)
        number = len(self.tickets) - 1
        return {"ticket": number, "issuer": ticket.issuer, "deadline": ticket.deadline_ms, "etag": ticket.etag}


def errors_case(case: Case) -> None:
    call, options = case["call"], case.get("options_json", "{}")
    secret = case["secret"].encode() if "secret" in case else None
    mac_key = case["mac_key"].encode() if "mac_key" in case else None
    calls: Dict[str, Callable[[], object]] = {
        "verifier": lambda: TokenVerifier.from_json(options, secret),
        "key_cache": lambda: KeyCache.from_json(options),
        "key": lambda: KeySet.from_jwk(case["jwk"]),
        "secret": lambda: KeySet.from_secret(secret or b"", case.get("algorithms", [])),
        "restore": lambda: KeyCache().restore(base64.b64decode(case["bytes"]), mac_key, now=0),
    }
    try:
        calls[call]()
    except EdgewardenError as error:
        equal("verdict", error.code, case["verdict"])
        equal("field", error.field, case.get("field"))
        equal("offset", error.offset, case.get("offset"))
        return
    raise AssertionError("no error")


def verifier_of(options: Case, secret: Optional[bytes]) -> TokenVerifier:
    return TokenVerifier(**snake(options), shared_secret=secret)


def cache_of(options: Case) -> KeyCache:
    return KeyCache(**snake(options))


def snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {re.sub("[A-Z]", lambda c: "_" + c[0].lower(), k): snake(v) for k, v in value.items()}
    return value


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def token_data(token: VerifiedToken) -> Case:
    data = {camel(name): getattr(token, name) for name in DATA}
    return present(**{**data, "audience": list(token.audience)})


def error_data(error: VerifyError) -> Case:
    evidence = error.evidence
    return present(
        code=error.code,
        place=error.place,
        name=error.part,
        retry=error.retry,
        retryAtMs=error.retry_at,
        message=error.message,
        evidence=None if evidence is None else present(**evidence._asdict()),
        httpStatus=error.http_status,
    )


def present(**members: Any) -> Case:
    return {name: value for name, value in members.items() if value is not None}


def equal(what: str, found: object, want: object) -> None:
    if found != want:
        raise AssertionError(f"{what}: expected {want!r}, found {found!r}")


KINDS: Dict[str, Callable[[Case], None]] = {
    "jwt": jwt_case,
    "jwt-cache": cache_case,
    "jwt-errors": errors_case,
    "jwt-explain": explain_case,
    "jwt-keys": keys_case,
}
