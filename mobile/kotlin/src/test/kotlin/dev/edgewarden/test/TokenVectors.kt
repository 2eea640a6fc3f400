// The vectors of tokens. What answers is compared as data in full.

package dev.edgewarden.test

import dev.edgewarden.*
import java.util.Base64

/** Runs a case of a kind of tokens. */
fun tokenCase(kind: String, case: Map<*, *>) = when (kind) {
    "jwt" -> verdict(case)
    "jwt-explain" -> explanation(case)
    "jwt-keys" -> keySet(case)
    "jwt-cache" -> Transcript(keyCacheOptionsOf(case.need("options") as Map<*, *>)).run(case.objects("steps"))
    "jwt-errors" -> fault(case)
    else -> error("unknown kind $kind")
}

private fun verdict(case: Map<*, *>) {
    val asked = Asked(case)
    val verdict = asked.verify()
    same("verdict", case.string("verdict"), verdict.code)
    same("data", case["data"], verdict.data)
    same("error", case["error"], verdict.error?.let(::told))
    verdict.error?.let { same("challenge", case["challenge"], challenge(it, "api")) }
    val inTwoSteps = asked.inTwoSteps()
    same("data in two steps", case["data"], inTwoSteps.data)
    same("error in two steps", case["error"], inTwoSteps.error?.let(::told))
    val checks = asked.explain()
    same("first fault", case["error"], checks.firstNotNullOfOrNull { it.error as VerifyException? }?.let(::told))
    check(verdict.error != null || checks.all { it.outcome == CheckOutcome.PASSED }) { "a check has not passed" }
}

private fun explanation(case: Map<*, *>) {
    val asked = Asked(case)
    same("verdict", case.string("verdict"), asked.verify().code)
    same("checks", case.list("checks"), asked.explain().map(::told))
}

private fun keySet(case: Map<*, *>) {
    val limits = case["limits"]?.let { keyLimitsOf(it as Map<*, *>) }
    val set = try {
        KeySet.fromJwks(case.string("jwks"), limits)
    } catch (e: EdgewardenException) {
        same("verdict", case.string("verdict"), e.code)
        return same("offset", (case["offset"] as Long?)?.toInt(), e.offset)
    }
    same("verdict", case.string("verdict"), "ok")
    same("keys", case.list("keys"), set.keys().map(::told))
    val refused = set.refused().map { present("index" to it.index.toLong(), "kid" to it.kid, "code" to it.code) }
    same("refused", case.list("refused"), refused)
}

private fun fault(case: Map<*, *>) {
    val error = try {
        faulty(case)
        error("the call did not fail")
    } catch (e: EdgewardenException) {
        e
    } catch (e: Unsayable) {
        check(case.string("verdict").startsWith("invalid_")) { "it cannot be said: ${e.message}" }
        return println("jwt-errors: ${case["name"]}: held by the types of Kotlin, which cannot express it: ${e.message}")
    }
    same("verdict", case.string("verdict"), error.code)
    same("field", case["field"], error.field)
    same("offset", (case["offset"] as Long?)?.toInt(), error.offset)
}

private fun faulty(case: Map<*, *>): Any = when (val call = case.string("call")) {
    "verifier" -> TokenVerifier(verifierOptionsOf(optionsJson(case), case["secret"] as String?))
    "key_cache" -> KeyCache(keyCacheOptionsOf(optionsJson(case)))
    "key" -> KeySet.fromJwk(case.string("jwk"))
    "secret" -> {
        val algorithms = case.list("algorithms").map { algorithmOf(it as String) }
        KeySet.fromSecret(case.string("secret").encodeToByteArray(), algorithms)
    }
    "restore" -> {
        val bytes = Base64.getDecoder().decode(case.string("bytes"))
        KeyCache().restore(bytes, (case["mac_key"] as String?)?.encodeToByteArray(), 0)
    }
    else -> error("unknown call $call")
}

private fun optionsJson(case: Map<*, *>): Map<*, *> = try {
    parseJson(case.string("options_json")) as Map<*, *>
} catch (e: RuntimeException) {
    throw Unsayable("options are no text")
}

/** A token, or why it is refused. */
private class Verdict(token: VerifiedToken?, val error: VerifyException?) {
    val code: String = error?.code ?: "ok"
    val data: Map<String, Any>? = token?.let(::told)

    companion object {
        fun of(call: () -> VerifiedToken) = try {
            Verdict(call(), null)
        } catch (e: VerifyException) {
            Verdict(null, e)
        }
    }
}

/** A question, ready to be asked in every way there is. */
private class Asked(case: Map<*, *>) {
    private val secret = case["secret"] as String?
    private val options = verifierOptionsOf(case.need("options") as Map<*, *>, secret)
    private val verifier = TokenVerifier(options)
    private val keys = verifier.sharedKeys() ?: KeySet.fromJwks(jsonOf(mapOf("keys" to (case["keys"] ?: listOf<Any>()))))
    private val token = case.string("token")
    private val now = case.need("now") as Long
    private val request = (case["request"] as Map<*, *>?)?.let(::requestOf)

    fun verify() = Verdict.of {
        request?.let { verifier.verifyProof(token, it, now) } ?: verifier.verify(token, keys, now)
    }

    fun inTwoSteps() = Verdict.of {
        val host = TokenVerifier.forHost(options)
        val check = request?.let { host.beginProof(token, it, now) } ?: host.begin(token, keys, now)
        val bytes = secret?.encodeToByteArray()
        var isValid = hostSays(check, bytes)
        while (!isValid && check.nextKey()) isValid = hostSays(check, bytes)
        check.finish(isValid, now)
    }

    fun explain(): List<TokenCheck> =
        request?.let { verifier.explainProof(token, it, now) } ?: verifier.explain(token, keys, now)

    private fun requestOf(json: Map<*, *>): ProofRequest {
        val access = (json["access_token"] as String?)?.let { text ->
            val options = verifierOptionsOf(json.need("access_options") as Map<*, *>)
            AccessToken(text, TokenVerifier(options).verify(text, keys, now))
        }
        return ProofRequest(json.string("method"), json.string("url"), access, json["nonce"] as String?)
    }
}

/** A key cache as the transcript goes on. */
private class Transcript(private val options: KeyCacheOptions) {
    private var cache = KeyCache(options)
    private val tickets = ArrayList<FetchTicket>()
    private var snapshot = ByteArray(0)

    fun run(steps: List<Map<*, *>>) {
        for ((i, step) in steps.withIndex()) {
            if (step["event"] == "restart") {
                cache = KeyCache(options)
                continue
            }
            val answer = try {
                answer(step)
            } catch (e: EdgewardenException) {
                mapOf("error" to e.code)
            }
            same("answer $i", step["answer"], answer)
        }
    }

    private fun answer(step: Map<*, *>): Map<String, Any?> {
        val issuer = step["issuer"] as String? ?: ""
        val kid = step["kid"] as String?
        val now = step.need("now") as Long
        val maxAge = step["max_age_secs"] as Long?
        val macKey = (step["mac_key"] as String?)?.encodeToByteArray()
        val ticket = { tickets[step.int("ticket")] }
        return when (val event = step.string("event")) {
            "keys" -> told(cache.keys(issuer, kid, step["plausible"] as Boolean? ?: true, now, 0))
            "bad_signature" -> mapOf("fetch" to cache.badSignature(issuer, kid, now, 0)?.let(::issued))
            "state" -> mapOf("state" to cache.state(issuer, now)?.stableName)
            "trust" -> mapOf<String, Any>().also { cache.trust(issuer) }
            "forget" -> mapOf<String, Any>().also { cache.forget(issuer) }
            "snapshot" -> {
                snapshot = cache.snapshot(macKey)
                mapOf("bytes" to snapshot.size.toLong())
            }
            "restore" -> mapOf("sets" to cache.restore(snapshot, macKey, now).toLong())
            "fetched" -> {
                val body = (step["body"] as String? ?: "").encodeToByteArray()
                told(cache.fetched(ticket(), body, maxAge, step["etag"] as String?, now))
            }
            "not_modified" -> told(cache.notModified(ticket(), maxAge, now))
            "failed" -> told(cache.failed(ticket(), now))
            else -> error("unknown event $event")
        }
    }

    private fun told(answer: KeyAnswer): Map<String, Any?> = when (answer) {
        is KeyAnswer.Use -> mapOf("answer" to "use") + told(answer.keys)
        is KeyAnswer.UseAndRefresh ->
            mapOf("answer" to "use_and_refresh") + told(answer.keys) + ("fetch" to issued(answer.ticket))
        is KeyAnswer.Fetch -> mapOf("answer" to "fetch", "fetch" to issued(answer.ticket))
        is KeyAnswer.Wait -> mapOf("answer" to "wait", "until" to answer.untilMs)
        is KeyAnswer.Unavailable ->
            mapOf("answer" to "unavailable", "error" to told(answer.error as VerifyException))
    }

    private fun told(keys: KeySet): Map<String, Any?> =
        mapOf("keys" to keys.keys().map { listOf(it.kid, it.generation) }, "revision" to keys.revision())

    /** Ids are opaque, so a ticket is known by its number in the transcript. */
    private fun issued(ticket: FetchTicket): Map<String, Any?> {
        tickets.add(ticket)
        val number = tickets.size - 1L
        return mapOf(
            "ticket" to number, "issuer" to ticket.issuer, "deadline" to ticket.deadlineMs, "etag" to ticket.etag,
        )
    }
}

private fun told(token: VerifiedToken) = present(
    "claimsJson" to token.claimsJson(),
    "headerJson" to token.headerJson(),
    "algorithm" to token.algorithm().stableName,
    "kid" to token.kid(),
    "issuer" to token.issuer(),
    "subject" to token.subject(),
    "audience" to token.audience(),
    "tokenId" to token.tokenId(),
    "expiresAtMs" to token.expiresAtMs(),
    "notBeforeMs" to token.notBeforeMs(),
    "issuedAtMs" to token.issuedAtMs(),
    "validUntilMs" to token.validUntilMs(),
    "boundKey" to token.boundKey(),
    "keyThumbprint" to token.keyThumbprint(),
    "keyGeneration" to token.keyGeneration(),
)

private fun told(error: VerifyException) = present(
    "code" to error.code,
    "place" to error.place.stableName,
    "name" to error.part,
    "retry" to error.retry.stableName,
    "retryAtMs" to error.retryAt,
    "message" to error.message,
    "evidence" to error.evidence?.let {
        present("kind" to it.kind.stableName, "found" to it.found, "expected" to it.expected)
    },
    "httpStatus" to error.httpStatus.toLong(),
)

private fun told(check: TokenCheck) = present(
    "check" to check.check,
    "place" to check.place.stableName,
    "name" to check.part,
    "outcome" to check.outcome.stableName,
    "error" to (check.error as VerifyException?)?.let(::told),
    "expected" to check.expected,
    "got" to check.got,
)

private fun told(key: KeyInfo) = present(
    "kid" to key.kid,
    "algorithms" to key.algorithms.map { it.stableName },
    "thumbprint" to key.thumbprint,
    "generation" to key.generation,
)

private fun told(update: KeyUpdate) = present(
    "kind" to update.kind.stableName,
    "added" to update.added.toLong(),
    "removed" to update.removed.toLong(),
    "refused" to update.refused.toLong(),
    "freshUntilMs" to update.freshUntilMs,
    "reason" to update.reason,
    "retryAtMs" to update.retryAtMs,
)

/** What is null is left out. */
private fun present(vararg members: Pair<String, Any?>): Map<String, Any> =
    members.mapNotNull { (name, value) -> value?.let { name to it } }.toMap()
