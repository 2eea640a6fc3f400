// Tokens with keys that are at hand: what the vectors do not say.

package dev.edgewarden.test

import dev.edgewarden.*
import java.time.Instant
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

val TOKEN_TESTS = listOf<Pair<String, () -> Unit>>(
    "a refusal has code, place, advice and status" to ::refusals,
    "a refusal is no fault of use" to ::faultsOfUse,
    "settings of a verifier are named where they are wrong" to ::badSettings,
    "times are instants and durations" to ::times,
    "closed handles of tokens answer with a typed error" to ::closedHandles,
    "printing tokens shows sizes, not text" to ::tokenPrinting,
    "the host checks the signature" to ::hostChecks,
    "a key cache and a token cache work step by step" to ::steps,
    "a proof belongs to its request" to ::proofs,
    "challenges say what was wrong, and nothing of a fault of the server" to ::challenges,
    "one verifier serves many threads" to ::manyThreadsVerify,
    "no memory is lost to tokens" to ::tokenLeak,
)

private fun refusals() = with(Issuer()) {
    val keys = KeySet.fromJwks(jwks())
    val verifier = TokenVerifier(options())
    val token = token()
    val verified = verifier.verify(token, keys, clock.instant())
    check(verified.subject() == "hush" && verified.audience() == listOf(AUDIENCE)) { "$verified" }
    check(verified.claimsJson().startsWith("{\"iss\":")) { "other claims" }
    clock.pass(90.minutes)
    val expired = failure<VerifyException> { verifier.verify(token, keys, clock.millis()) }
    check(expired.code == "token_expired" && expired.place == TokenPlace.CLAIM && expired.part == "exp") { "$expired" }
    check(expired.retry == Retry.NEVER && expired.httpStatus == 401) { "$expired" }
    check(expired.evidence?.kind == EvidenceKind.TIME && expired.evidence?.found == clock.millis()) { "$expired" }
    val early = token(more = ",\"nbf\":${clock.millis() / 1000 + 600}")
    val later = failure<VerifyException> { verifier.verify(early, keys, clock.millis()) }
    check(later.retry == Retry.AT && later.retryAt!! > clock.millis()) { "$later" }
    val unknown = failure<VerifyException> { verifier.verify(token("other"), keys, clock.millis()) }
    check(unknown.code == "unknown_key" && unknown.place == TokenPlace.KEY) { "$unknown" }
    val bound = token(more = ",\"cnf\":{\"jkt\":\"${"A".repeat(43)}\"}")
    val refused = failure<VerifyException> { verifier.verify(bound, keys, clock.millis()) }
    check(refused.part == "cnf") { "${refused.part}" }
    val dpop = TokenVerifier(options().copy(confirmation = Confirmation.DPOP))
    check(dpop.verify(bound, keys, clock.millis()).boundKey() == "A".repeat(43)) { "not bound" }
    check(failure<EdgewardenException> { dpop.verify(token(), keys, clock.millis()) } is VerifyException) { "not one" }
}

private fun faultsOfUse() = with(Issuer()) {
    val verifier = TokenVerifier(options())
    val keys = KeySet.fromJwks(jwks())
    check(failure<EdgewardenException.Argument> { verifier.verify(token(), keys, -1L) }.field == "now") { "now" }
    val cache = KeyCache()
    check(failure<EdgewardenException.Argument> { cache.keys(ISSUER, null, entropy = -1) }.field == "entropy") { "" }
    check(failure<EdgewardenException.Argument> { cache.keys(ISSUER, null, entropy = 1L shl 53) }.field == "entropy") { "" }
    check(failure<EdgewardenException.Argument> { TokenCache(-1) }.field == "bytesMax") { "bytesMax" }
    val json = failure<EdgewardenException.Input> { KeySet.fromJwks("{\"keys\": é}") }
    check(json.code == "key_set_not_json" && json.offset == 9) { "$json ${json.offset}" }
    check(failure<EdgewardenException.Input> { KeySet.fromJwk("{\"kty\":\"AKP\"}") }.code == "key_unsupported") { "" }
    check(failure<EdgewardenException.Input> { cache.restore(ByteArray(3), null) }.code == "not_a_snapshot") { "" }
    val answer = cache.run { trust(ISSUER); keys(ISSUER, "a") } as KeyAnswer.Fetch
    cache.failed(answer.ticket)
    check(failure<EdgewardenException.Argument> { cache.failed(answer.ticket) }.code == "ticket_spent") { "not spent" }
}

private fun badSettings() {
    val failing = { change: VerifierOptions.() -> Unit ->
        failure<EdgewardenException.Options> { TokenVerifier(options().apply(change)) }
    }
    check(failing { issuer = null }.code == "missing_issuer") { "issuer" }
    check(failing { algorithms = listOf(TokenAlgorithm.HS256) }.code == "hmac_needs_secret") { "algorithms" }
    check(failing { leeway = 601.seconds }.field == "leewaySecs") { "leewaySecs" }
    check(failing { leewaySecs = -1 }.field == "leewaySecs") { "leewaySecs" }
    check(failing { limits = TokenLimits(tokenBytes = Long.MAX_VALUE) }.field == "limits.tokenBytes") { "limits" }
    val short = failing { sharedSecret = "hush".encodeToByteArray(); algorithms = listOf(TokenAlgorithm.HS256) }
    check(short.code == "unfit_secret" && short.field == "sharedSecret" && "hush" !in "$short") { "$short" }
    val keys = failure<EdgewardenException.Options> { KeyCache(KeyCacheOptions(ttlSecs = -1)) }
    check(keys.field == "ttlSecs") { "$keys" }
    val limits = failure<EdgewardenException.Options> { KeySet.fromJwks("{\"keys\":[]}", KeyLimits(bytes = -1)) }
    check(limits.field == "limits.bytes") { "$limits" }
}

private fun times(): Unit = with(Issuer()) {
    val options = options().apply { leeway = 2.minutes; ageMax = null }
    check(options.leewaySecs == 120L && options.leeway == 2.minutes && options.ageMax == null) { "$options" }
    val verified = TokenVerifier(options).verify(token(life = 60), KeySet.fromJwks(jwks()), clock.instant())
    val end = Instant.ofEpochMilli(clock.millis()).plusSeconds(60)
    check(verified.expiresAt == end && verified.validUntil == end.plusSeconds(120)) { "${verified.validUntil}" }
    check(verified.issuedAt == null && verified.notBefore == null) { "times that are not there" }
    // The clock of this machine is the default, and this token ends in its future.
    val lasting = TokenVerifier(options()).verify(token(life = 1L shl 32), KeySet.fromJwks(jwks()))
    check(lasting.kid() == "a") { "another key" }
}

private fun closedHandles() = with(Issuer()) {
    val verifier = TokenVerifier(options())
    val keys = KeySet.fromJwks(jwks())
    val open = TokenVerifier(options())
    val verified = open.verify(token(), keys, clock.millis())
    val keyCache = KeyCache()
    val tokenCache = TokenCache(1000)
    val check = open.begin(token(), keys, clock.millis())
    for (handle in listOf<AutoCloseable>(verifier, verified, keyCache, tokenCache, check)) handle.close()
    val calls = mapOf<String, () -> Any?>(
        "verify" to { verifier.verify(token(), keys) },
        "issuer" to { verifier.issuer() },
        "subject" to { verified.subject() },
        "keys" to { keyCache.keys(ISSUER, null) },
        "size" to { tokenCache.size() },
        "signature" to { check.signature() },
        "step" to { open.step(token(), keyCache) },
        "step with tokens" to { open.step(token(), KeyCache(), tokenCache) },
        "insert" to { TokenCache(1000).insert(verifier, token(), verified) },
        "proof" to { open.verifyProof("", ProofRequest("GET", AUDIENCE, AccessToken("", verified))) },
    )
    for ((name, call) in calls) check(failure<EdgewardenException.Closed>(name) { call() ?: 0 }.code == "closed") { name }
    keys.close()
    check(failure<EdgewardenException.Closed> { open.verify(token(), keys) }.code == "closed") { "keys" }
    // A check ends once.
    KeySet.fromJwks(jwks()).use { set ->
        val twice = open.begin(token(), set, clock.millis())
        failure<VerifyException> { twice.finish(false, clock.millis()) }
        check(failure<EdgewardenException.Closed> { twice.finish(true, clock.millis()) }.code == "closed") { "twice" }
    }
}

private fun tokenPrinting() = with(Issuer()) {
    val keys = KeySet.fromJwks(jwks())
    val verifier = TokenVerifier(options())
    val token = token()
    val verified = verifier.verify(token, keys, clock.millis())
    val secret = VerifierOptions(sharedSecret = "hush".encodeToByteArray(), nonce = "hush")
    val request = ProofRequest("GET", "https://hush.example", AccessToken(token, verified), "hush")
    val cache = KeyCache(KeyCacheOptions(trust = listOf(ISSUER)))
    val steps = listOf(verifier.step(token, cache, null, clock.millis()), Step.Verified(verified, null))
    val error = failure<VerifyException> { verifier.verify(token("hush"), keys, clock.millis()) }
    val response = JwksResponse(200, emptyMap(), token.encodeToByteArray())
    val plausible = verifier.plausible(token("hush"), clock.millis())
    for (one in listOf(verified, secret, request, request.accessToken, plausible, steps, error, response)) {
        check("hush" !in "$one" && token !in "$one") { "$one" }
    }
}

private fun hostChecks() = with(Issuer()) {
    val keys = KeySet.fromJwks(jwks())
    val host = TokenVerifier.forHost(options())
    val check = host.begin(token(), keys, clock.millis())
    check(check.algorithm() == TokenAlgorithm.ED_DSA && check.keyKid() == "a" && !check.nextKey()) { "another key" }
    check(hostSays(check, null)) { "the JVM refuses it" }
    check(check.finish(true, clock.millis()).subject() == "hush") { "another token" }
    val refused = host.begin(token(), keys, clock.millis())
    check(failure<VerifyException> { refused.finish(false, clock.millis()) }.code == "bad_signature") { "not refused" }
    check(failure<VerifyException> { host.verify(token(), keys, clock.millis()) }.code == "bad_signature") { "verified" }
}

private fun steps() = with(Issuer()) {
    val verifier = TokenVerifier(options())
    val keys = KeyCache(KeyCacheOptions(trust = listOf(ISSUER)))
    val tokens = TokenCache(1 shl 20)
    val token = token()
    val first = verifier.step(token, keys, tokens, clock.millis()) as Step.Fetch
    check(first.ticket.issuer == ISSUER && first.ticket.deadline == clock.instant().plusSeconds(10)) { "$first" }
    val update = keys.fetched(first.ticket, jwks().encodeToByteArray(), 300, "\"1\"", clock.millis())
    check(update.kind == KeyUpdateKind.REPLACED && update.added == 1) { "$update" }
    check(keys.state(ISSUER, clock.millis()) == KeyState.FRESH && keys.issuers() == listOf(ISSUER)) { "not fresh" }
    repeat(2) { check(verifier.step(token, keys, tokens, clock.millis()) is Step.Verified) { "not verified" } }
    check(tokens.size() == 1 && tokens.bytes() > 0) { "not kept" }
    val set = (keys.keys(ISSUER, "a", now = clock.millis()) as KeyAnswer.Use).keys
    check(tokens.get(verifier, token, set, clock.millis())?.keyGeneration() == 1L) { "not the same" }
    check(tokens.forget(verifier, token) && !tokens.forget(verifier, token) && tokens.size() == 0) { "not forgotten" }
    clock.pass(6.minutes)
    val stale = verifier.step(token, keys, tokens, clock.millis()) as Step.Verified
    check(stale.refresh?.etag == "\"1\"") { "$stale" }
    check(keys.notModified(stale.refresh!!, 300, clock.millis()).kind == KeyUpdateKind.CONFIRMED) { "not confirmed" }
    val stored = keys.snapshot(ByteArray(32))
    val other = KeyCache(KeyCacheOptions(trust = listOf(ISSUER)))
    check(other.restore(stored, ByteArray(32), clock.millis()) == 1) { "not restored" }
    check(failure<EdgewardenException.Input> { other.restore(stored, ByteArray(32) { 1 }) }.code == "snapshot_not_authentic") { "" }
    keys.forget(ISSUER)
    check(keys.state(ISSUER) == null) { "still there" }
}

private fun proofs() = with(Issuer()) {
    val verifier = tokenVerifier { profile = TokenProfile.DPOP_PROOF; algorithms = listOf(TokenAlgorithm.ED_DSA) }
    check(verifier.issuer() == null && verifier.profile() == TokenProfile.DPOP_PROOF) { "another profile" }
    check(verifier.fingerprint().size == 32) { "another size" }
    val request = ProofRequest("POST", "https://api.example/orders")
    val error = failure<VerifyException> { verifier.verifyProof("no proof", request, clock.instant()) }
    check(error.code == "not_jws") { "$error" }
    check(verifier.explainProof("no proof", request).first().outcome == CheckOutcome.FAILED) { "not told" }
}

private fun challenges() = with(Issuer()) {
    val verifier = TokenVerifier(options())
    val keys = KeySet.fromJwks(jwks())
    check(challenge(null, "api") == "Bearer realm=\"api\"") { challenge(null, "api") }
    val error = failure<VerifyException> { verifier.verify("hush", keys) }
    check("error=\"invalid_token\"" in challenge(error, "api") && "hush" !in challenge(error, "api")) { "$error" }
    verifier.close()
    val closed = failure<EdgewardenException.Closed> { verifier.verify("", keys) }
    check(challenge(closed, "api") == "Bearer realm=\"api\"") { challenge(closed, "api") }
    val algorithms = listOf(TokenAlgorithm.ES256, TokenAlgorithm.ED_DSA)
    val proof = proofChallenge(ProofChallenge.Proof(error), "api", algorithms)
    check("error=\"invalid_dpop_proof\"" in proof && "algs=\"ES256 EdDSA\"" in proof) { proof }
    check("error" !in proofChallenge(ProofChallenge.Missing, "api", algorithms)) { "an error" }
    check("use_dpop_nonce" in proofChallenge(ProofChallenge.NonceNeeded, "api", algorithms)) { "no nonce" }
    val none = failure<EdgewardenException.Argument> { proofChallenge(ProofChallenge.Token(closed), "api", algorithms) }
    check(none.field == "error") { "$none" }
}

private fun manyThreadsVerify() = with(Issuer()) {
    val keys = KeySet.fromJwks(jwks())
    val verifier = TokenVerifier(options())
    val tokens = TokenCache(1 shl 20)
    val token = token()
    onThreads(16) {
        repeat(50) {
            tokens.insert(verifier, token, verifier.verify(token, keys, clock.millis()))
            check(tokens.get(verifier, token, keys, clock.millis())?.subject() == "hush") { "another token" }
        }
    }()
}

/** As for the scanner: what a call made is gone with it. */
private fun tokenLeak() = with(Issuer()) {
    val keys = KeySet.fromJwks(jwks())
    val verifier = TokenVerifier(options())
    val tokens = TokenCache(1 shl 16)
    val token = token()
    noGrowth("tokens", rounds(50_000)) { i ->
        verifier.verify(token, keys, clock.millis()).use { check(it.subject() == "hush") { "another token" } }
        runCatching { verifier.verify("$token$i", keys, clock.millis()) }
        // Left to the cleaner.
        if (i % 64 == 0) tokens.insert(verifier, token, verifier.verify(token, keys, clock.millis()))
        if (i % 64 == 0) KeyCache(KeyCacheOptions(trust = listOf(ISSUER))).keys(ISSUER, "a")
    }
}
