// A verifier that fetches: outages, floods, rotations and many at once, by a clock that the test moves.

package dev.edgewarden.test

import dev.edgewarden.*
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.startCoroutine
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

val JWKS_TESTS = listOf<Pair<String, () -> Unit>>(
    "the first token fetches the keys, the next ones use them" to ::firstToken,
    "what a fetch asks for and what counts of its answer" to ::exchange,
    "settings of a verifier that fetches are named where they are wrong" to ::badJwksSettings,
    "an outage is bridged, and told where it cannot be" to ::outage,
    "answers that are no keys are failures" to ::noKeys,
    "a flood of unknown keys and of junk fetches next to nothing" to ::flood,
    "new keys are found, and withdrawn ones are out" to ::rotation,
    "many cold requests fetch twice at most, and none waits for a fetch that hangs" to ::coldStart,
    "a refresh does not delay the answer beside it" to ::refreshBeside,
    "a fetch ends at its deadline" to ::deadline,
    "suspending requests and fetches hold no thread" to ::suspendingFetch,
    "a snapshot spares the first fetch" to ::snapshots,
    "a closed verifier that fetches answers with a typed error" to ::closedVerifier,
    "tokens that were dropped are verified anew" to ::forgetting,
    "no memory is lost to a verifier that fetches" to ::jwksLeak,
) + HTTP_TESTS

private fun firstToken() = with(Issuer()) {
    verifier().use { verifier ->
        check(verifier.issuer() == ISSUER && verifier.state() == KeyState.EMPTY) { "${verifier.state()}" }
        repeat(3) { check(verifier.verify(token(life = 60L + it)).subject() == "hush") { "another token" } }
        check(asked.size == 1 && verifier.state() == KeyState.FRESH) { "${asked.size} fetches" }
        check(refusal { verifier.verify("junk") }.code == "not_jws") { "junk" }
    }
}

private fun exchange() = with(Issuer()) {
    val fresh = { headers: Map<String, String> ->
        asked.clear()
        answer = { keys(headers) }
        verifier().also { it.verify(token()) }
    }
    fresh(mapOf("cache-control" to "public, Max-Age=\"120\", must-revalidate", "AGE" to "20", "etag" to "\"x\"")).use {
        val first = asked.single()
        check(first.url == JWKS && first.headers.keys == setOf("Accept")) { "${first.headers}" }
        check(first.headers["Accept"] == "application/jwk-set+json, application/json") { "${first.headers}" }
        check(first.bytesMax == (256 shl 10) + 1 && first.timeout == 9.5.seconds) { "${first.bytesMax}" }
        check(first.deadline == clock.instant().plusMillis(9500)) { "${first.deadline}" }
        clock.pass(99.seconds)
        check(it.state() == KeyState.FRESH) { "not fresh" }
        clock.pass(2.seconds)
        check(it.state() == KeyState.STALE) { "the age does not count" }
        answer = { JwksResponse(304, mapOf("Cache-Control" to "max-age=300")) }
        it.verify(token())
        eventually { it.state() == KeyState.FRESH }
        check(asked.last().headers["If-None-Match"] == "\"x\"") { "${asked.last().headers}" }
    }
    // A tag that is none is not sent back, and what is no number is no age.
    fresh(mapOf("ETag" to "\"x\r\nHost: evil\"", "Cache-Control" to "max-age=soon")).use {
        clock.pass(11.minutes)
        it.verify(token())
        eventually { asked.size == 2 }
        check("If-None-Match" !in asked.last().headers) { "${asked.last().headers}" }
    }
}

private fun badJwksSettings() {
    val failing = { uri: String, change: VerifierOptions.() -> Unit ->
        failure<EdgewardenException.Options> { JwksVerifier(options().apply(change), uri) }
    }
    for (uri in listOf(
        "http://issuer.example/jwks", "ftp://localhost/", "jwks.json", "//issuer.example/", "https:///jwks", "",
        "https://a:b@issuer.example/", "https://issuer.example/#a", "https://issuer.example/ä", "https://issuer .x",
        "http://127.0.0.1.example/", "http://localhost.example/", "http://128.0.0.1/", "file:///etc/passwd", "https:a",
    )) {
        val error = failing(uri) {}
        check(error.code == "invalid_option" && error.field == "jwksUri") { "$uri: $error" }
        check(uri.isEmpty() || uri !in "$error") { "$error" }
    }
    for (uri in listOf("http://localhost:8080/a", "http://127.0.0.1/", "http://127.8.9.255/", "http://[::1]:1/", JWKS)) {
        JwksVerifier(options(), uri).close()
    }
    check(failing(JWKS) { sharedSecret = ByteArray(64) }.field == "sharedSecret") { "sharedSecret" }
    check(failing(JWKS) { algorithms = listOf(TokenAlgorithm.HS256) }.code == "hmac_needs_secret") { "HMAC" }
    check(failing(JWKS) { profile = TokenProfile.DPOP_PROOF }.code == "not_for_profile") { "proofs" }
    val inCache = { cache: KeyCacheOptions ->
        failure<EdgewardenException.Options> { JwksVerifier(options(), JWKS, cache) }.field
    }
    check(inCache(KeyCacheOptions(trust = listOf(ISSUER))) == "keyCache.trust") { "trust" }
    check(inCache(KeyCacheOptions(issuers = 1)) == "keyCache.issuers") { "issuers" }
    check(inCache(KeyCacheOptions(ttlSecs = -1)) == "keyCache.ttlSecs") { "ttlSecs" }
    val bytes = failure<EdgewardenException.Options> { JwksVerifier(options(), JWKS, tokenCacheBytes = -1) }
    check(bytes.field == "tokenCacheBytes") { "$bytes" }
}

private fun outage() = with(Issuer()) {
    answer = { throw IllegalStateException("hush") }
    verifier().use { verifier ->
        val error = refusal { verifier.verify(token()) }
        check(error.code == "keys_unavailable" && error.httpStatus == 503) { "$error" }
        check(error.retry == Retry.AT && error.retryAt!! > clock.millis() && "hush" !in "$error") { "$error" }
        val before = asked.size
        repeat(100) { refusal { verifier.verify(token()) } }
        check(asked.size == before) { "${asked.size} fetches during the pause" }
        clock.pass(10.seconds)
        answer = { keys() }
        verifier.verify(token())
        // Now an outage finds keys that serve for a day.
        answer = { JwksResponse(500) }
        clock.pass(20.hours)
        verifier.verify(token())
        eventually { asked.size == before + 2 }
        clock.pass(20.hours)
        check(refusal { verifier.verify(token()) }.code == "keys_unavailable") { "keys that are too old" }
    }
}

private fun noKeys() = with(Issuer()) {
    val large = "{\"keys\":[" + " ".repeat(300 shl 10) + "]}"
    val answers = listOf<suspend (JwksRequest) -> JwksResponse>(
        { JwksResponse(200, body = "<html>".encodeToByteArray()) },
        { JwksResponse(200, body = "{\"keys\":[]}".encodeToByteArray()) },
        { JwksResponse(200, body = large.encodeToByteArray()) },
        { JwksResponse(200) },
        { JwksResponse(302, mapOf("Location" to "https://evil.example"), jwks().encodeToByteArray()) },
        { JwksResponse(404, body = jwks().encodeToByteArray()) },
        { JwksResponse(304) },
        { throw OutOfMemoryError() },
    )
    for ((i, one) in answers.withIndex()) {
        answer = one
        verifier().use { check(refusal { it.verify(token()) }.code == "keys_unavailable") { "answer $i" } }
    }
    check(asked.size == answers.size) { "${asked.size} fetches" }
}

private fun flood() = with(Issuer()) {
    verifier().use { verifier ->
        repeat(200) { i -> refusal { verifier.verify("junk$i.${token()}") } }
        repeat(200) { refusal { verifier.verify(token(life = -3600)) } }
        check(asked.isEmpty()) { "${asked.size} fetches for what needs no key" }
        verifier.verify(token())
        repeat(500) { i ->
            check(refusal { verifier.verify(token("unknown${i % 50}")) }.code == "unknown_key") { "$i" }
        }
        check(asked.size == 2) { "${asked.size} fetches" }
        verifier.verify(token())
        // The flood has used up its own budget, not that of the refresh.
        clock.pass(11.minutes)
        verifier.verify(token())
        eventually { asked.size == 3 && verifier.state() == KeyState.FRESH }
    }
}

private fun rotation() = with(Issuer()) {
    verifier().use { verifier ->
        val old = token()
        verifier.verify(old)
        published += "b"
        clock.pass(31.seconds)
        verifier.verify(token("b"))
        check(asked.size == 2) { "${asked.size} fetches" }
        verifier.verify(old)
        published -= "a"
        clock.pass(11.minutes)
        verifier.verify(token("b"))
        eventually { asked.size == 3 && verifier.state() == KeyState.FRESH }
        // Kept among the verified tokens a moment ago.
        check(refusal { verifier.verify(old) }.code == "unknown_key") { "a withdrawn key serves" }
        // Another key under the same name.
        published.clear()
        published += "c"
        val forged = with(Issuer(clock)) { token("b") }
        clock.pass(31.seconds)
        val before = asked.size
        check(refusal { verifier.verify(forged) }.code == "bad_signature") { "forged" }
        eventually { asked.size == before + 1 }
    }
}

private fun coldStart() = with(Issuer()) {
    val hang = CountDownLatch(1)
    val count = AtomicInteger()
    answer = {
        if (count.getAndIncrement() == 0) hang.await()
        keys()
    }
    verifier().use { verifier ->
        val token = token()
        // One of the 32 waits for its own fetch, which hangs; the others must not wait for it.
        val answered = CountDownLatch(31)
        val ended = onThreads(32) {
            verifier.verify(token)
            answered.countDown()
        }
        check(answered.await(30, TimeUnit.SECONDS)) { "${answered.count} requests wait for another's fetch" }
        check(asked.size == 2) { "${asked.size} fetches" }
        hang.countDown()
        ended()
    }
}

private fun refreshBeside() = with(Issuer()) {
    val hang = CountDownLatch(1)
    verifier().use { verifier ->
        verifier.verify(token())
        answer = { hang.await(); keys() }
        clock.pass(11.minutes)
        repeat(10) { verifier.verify(token()) }
        eventually { asked.size == 2 }
        check(verifier.state() == KeyState.REFRESHING) { "${verifier.state()}" }
        hang.countDown()
        eventually { verifier.state() == KeyState.FRESH }
    }
}

private fun deadline() = with(Issuer()) {
    val interrupted = CountDownLatch(1)
    answer = {
        try {
            Thread.sleep(600_000)
        } catch (e: InterruptedException) {
            interrupted.countDown()
        }
        keys()
    }
    verifier(KeyCacheOptions(fetchSecs = 1)).use { verifier ->
        val began = System.nanoTime()
        check(refusal { verifier.verify(token()) }.code == "keys_unavailable") { "not told" }
        val millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)
        check(millis in 900..20_000) { "after $millis ms" }
        check(interrupted.await(30, TimeUnit.SECONDS)) { "the thread hangs" }
        // What it brought then was too late.
        check(verifier.state() == KeyState.EMPTY) { "${verifier.state()}" }
    }
    // By the clock of the machine: the cache has heard of the failure and hands out no second ticket.
    asked.clear()
    JwksVerifier(options(), JWKS, KeyCacheOptions(fetchSecs = 1), fetch = ::fetch).use { verifier ->
        check(refusal { verifier.verify(token(life = 1L shl 32)) }.code == "keys_unavailable") { "not told" }
        check(asked.size == 1) { "${asked.size} fetches" }
    }
    asked.clear()
    // A request that is interrupted stops waiting; its fetch goes on.
    val hang = CountDownLatch(1)
    answer = { hang.await(); keys() }
    verifier().use { verifier ->
        val fault = AtomicReference<Throwable>()
        val request = Thread { runCatching { verifier.verify(token()) }.onFailure(fault::set) }
        request.start()
        eventually { asked.size == 1 }
        request.interrupt()
        request.join(30_000)
        check(fault.get() is InterruptedException) { "${fault.get()}" }
        hang.countDown()
        eventually { verifier.state() == KeyState.FRESH }
    }
}

private fun suspendingFetch() = with(Issuer()) {
    val resume = AtomicReference<Continuation<Unit>>()
    answer = {
        suspendCoroutine<Unit> { resume.set(it) }
        keys()
    }
    val pool = Executors.newSingleThreadExecutor()
    val ranOn = CopyOnWriteArrayList<Thread>()
    val executor = Executor { task ->
        pool.execute {
            ranOn += Thread.currentThread()
            task.run()
        }
    }
    verifier().use { verifier ->
        val results = CopyOnWriteArrayList<Result<VerifiedToken>>()
        // The first two fetch, the others wait: all on one thread, which none of them holds.
        repeat(10) {
            val work: suspend () -> VerifiedToken = { verifier.verifySuspending(token(), executor) }
            work.startCoroutine(Continuation(EmptyCoroutineContext) { results += it })
        }
        // Each has asked once, and those that wait have asked again.
        eventually { asked.size == 2 && resume.get() != null && ranOn.size >= 18 }
        check(results.isEmpty()) { "answers without keys" }
        answer = { keys() }
        resume.get().resume(Unit)
        eventually { results.size >= 9 }
        check(results.all { it.getOrThrow().subject() == "hush" }) { "another token" }
        check(Thread.currentThread() !in ranOn) { "$ranOn" }
        val refused = AtomicReference<Result<VerifiedToken>>()
        val work: suspend () -> VerifiedToken = { verifier.verifySuspending("junk", executor) }
        work.startCoroutine(Continuation(EmptyCoroutineContext, refused::set))
        eventually { refused.get()?.exceptionOrNull() is VerifyException }
    }
    val keys = KeySet.fromJwks(jwks())
    val direct = AtomicReference<Result<VerifiedToken>>()
    val work: suspend () -> VerifiedToken = {
        TokenVerifier(options()).verifySuspending(token(), keys, clock.millis(), executor)
    }
    work.startCoroutine(Continuation(EmptyCoroutineContext, direct::set))
    eventually { direct.get()?.isSuccess == true }
    pool.shutdown()
}

private fun snapshots() = with(Issuer()) {
    val key = ByteArray(32) { 7 }
    val stored = verifier().use { it.verify(token()); it.snapshot(key) }
    verifier().use { verifier ->
        check(failure<EdgewardenException.Input> { verifier.restore(stored, null) }.code.startsWith("snapshot_")) { "" }
        check(verifier.restore(stored, key) == 1 && verifier.state() == KeyState.FRESH) { "not restored" }
        verifier.verify(token())
        check(asked.size == 1) { "${asked.size} fetches" }
    }
}

private fun closedVerifier() = with(Issuer()) {
    val closed = verifier().apply { close(); close() }
    val calls = mapOf<String, () -> Any>(
        "verify" to { closed.verify(token()) },
        "forget" to { closed.forget(token()) },
        "state" to { closed.state() },
        "snapshot" to { closed.snapshot(null) },
        "restore" to { closed.restore(ByteArray(0), null) },
    )
    for ((name, call) in calls) check(failure<EdgewardenException.Closed>(name, call).code == "closed") { name }
    // While others wait for keys and verify.
    repeat(20) { round ->
        val verifier = verifier()
        val hang = CountDownLatch(1)
        answer = { if (round % 2 == 0) hang.await(); keys() }
        val began = CountDownLatch(4)
        val token = token()
        val ended = onThreads(4) {
            began.countDown()
            failure<EdgewardenException.Closed> { while (true) verifier.verify(token) }
        }
        began.await()
        verifier.close()
        hang.countDown()
        ended()
    }
}

private fun forgetting() = with(Issuer()) {
    for (bytes in listOf(1L shl 20, 0L)) {
        verifier(tokenCacheBytes = bytes).use { verifier ->
            val token = token()
            verifier.verify(token)
            check(verifier.forget(token) == (bytes > 0) && !verifier.forget(token)) { "$bytes" }
            verifier.verify(token)
        }
    }
}

private fun jwksLeak() = with(Issuer()) {
    val token = token()
    val junk = token("unknown")
    val lasting = verifier()
    noGrowth("fetches", rounds(10_000)) { i ->
        lasting.verify(token).close()
        runCatching { lasting.verify(junk) }
        if (i % 8 == 0) verifier().use { it.verify(token) }
        asked.clear()
    }
    lasting.close()
}

internal fun refusal(call: () -> Any): VerifyException = failure(call = call)

/** Waits for what a thread in the background brings about. */
internal fun eventually(condition: () -> Boolean) {
    val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30)
    while (!condition()) {
        check(System.nanoTime() < deadline) { "it never comes" }
        Thread.sleep(5)
    }
}
