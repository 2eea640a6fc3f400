// A verifier that fetches the keys of its issuer.

package dev.edgewarden

import java.time.Clock
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.ForkJoinPool
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.startCoroutine
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration.Companion.milliseconds

/**
 * Verifies tokens and fetches the keys of their issuer: a [TokenVerifier], a [KeyCache] and a [TokenCache] in one. Any
 * number of threads may use one. Make it once and keep it.
 *
 * Keys are fetched when the first token comes, and later in the background; a request waits for its own fetch only,
 * never for another request's. An outage of the issuer is bridged by the keys that are held.
 *
 * @param options of a [TokenVerifier], without a shared secret: whoever has one verifies with a [TokenVerifier]
 * @param jwksUri where the keys are: https, or http on this machine. Never taken from a token
 * @param keyCache how long keys serve; `trust` and `issuers` are the verifier's own
 * @param tokenCacheBytes how much is kept of tokens that were verified; 0 for none
 * @param clock for tests
 * @param entropy for tests: random numbers below 2^53
 * @param fetch fetches in the place of [java.net.HttpURLConnection], once per call and without following a redirect. It
 *   is called on a thread of its own, so that it may block as well as suspend, and may throw. A thread that blocks
 *   beyond the deadline is interrupted
 * @throws EdgewardenException.Options if the options do not fit together or are out of range
 */
public class JwksVerifier(
    options: VerifierOptions,
    jwksUri: String,
    keyCache: KeyCacheOptions = KeyCacheOptions(),
    tokenCacheBytes: Long = 4L shl 20,
    private val clock: Clock = Clock.systemUTC(),
    private val entropy: (() -> Long)? = null,
    private val fetch: suspend (JwksRequest) -> JwksResponse = { fetchByUrlConnection(it) },
) : AutoCloseable {
    private val uri = checkedUri(jwksUri)
    private val verifier = verifierOf(options)
    private val issuer = checkNotNull(verifier.issuer())
    private val keys = keysOf(keyCache, issuer)
    private val tokens = tokensOf(tokenCacheBytes)
    private val bytesMax = (keyCache.limits?.bytes ?: BYTES_MAX).coerceIn(0, BYTES_LIMIT).toInt() + 1
    private val patience = TimeUnit.SECONDS.toNanos(FETCHES_MAX * (keyCache.fetchSecs ?: FETCH_SECS).coerceIn(1, 120))

    /** With the defaults, for Java. */
    public constructor(options: VerifierOptions, jwksUri: String) : this(options, jwksUri, KeyCacheOptions())

    /**
     * Verifies a token. Waits for keys if there are none yet.
     *
     * @throws VerifyException with the first fault
     */
    public fun verify(token: String): VerifiedToken {
        val pauses = Pauses()
        while (true) {
            when (val step = step(token)) {
                is Step.Verified -> return step.token
                is Step.Refused -> throw step.error
                is Step.Check -> throw unasked()
                is Step.Fetch -> Fetch(step.ticket).await()
                is Step.Wait -> Thread.sleep(pauses.next(step))
            }
            pauses.check()
        }
    }

    /**
     * [verify] for coroutines: steps run on [executor], and waiting holds no thread.
     *
     * A coroutine that is cancelled meanwhile gets no answer sooner: a fetch serves other requests as well.
     *
     * @throws VerifyException with the first fault
     */
    public suspend fun verifySuspending(token: String, executor: Executor = ForkJoinPool.commonPool()): VerifiedToken {
        val pauses = Pauses()
        while (true) {
            when (val step = on(executor) { step(token) }) {
                is Step.Verified -> return step.token
                is Step.Refused -> throw step.error
                is Step.Check -> throw unasked()
                is Step.Fetch -> Fetch(step.ticket).awaitSuspending()
                is Step.Wait -> pause(pauses.next(step))
            }
            pauses.check()
        }
    }

    /** The issuer whose tokens are accepted. */
    public fun issuer(): String = issuer

    /** How it stands with the keys. */
    public fun state(): KeyState = checkNotNull(keys.state(issuer, clock.millis()))

    /** Drops a token that is kept, as after a logout; whether it was there. It is verified anew if it comes again. */
    public fun forget(token: String): Boolean = tokens?.forget(verifier, token) ?: false

    /** The keys as bytes, for another process to start from; see [KeyCache.snapshot]. */
    public fun snapshot(macKey: ByteArray?): ByteArray = keys.snapshot(macKey)

    /** Takes the keys of a snapshot that are newer than those it holds; how many sets. See [KeyCache.restore]. */
    public fun restore(bytes: ByteArray, macKey: ByteArray?): Int = keys.restore(bytes, macKey, clock.millis())

    /** Gives native memory back. Calls that are under way end first or answer [EdgewardenException.Closed]. */
    override fun close() {
        verifier.close()
        keys.close()
        tokens?.close()
    }

    /** What to do about a token. A fetch beside the answer is begun. */
    private fun step(token: String): Step {
        val step = verifier.step(token, keys, tokens, clock.millis(), entropy?.invoke())
        when (step) {
            is Step.Verified -> step.refresh?.let(::Fetch)
            is Step.Refused -> step.refresh?.let(::Fetch)
            else -> {}
        }
        return step
    }

    /** One fetch, on a thread of its own. It ends its ticket exactly once, and before the ticket's deadline. */
    private inner class Fetch(private val ticket: FetchTicket) {
        // It ends before the deadline does: then the cache hears of a failure and backs off, instead of losing the ticket.
        private val timeout = (maxOf(0, ticket.deadlineMs - clock.millis()) * 19 / 20).milliseconds
        private val until = clock.instant().plusMillis(timeout.inWholeMilliseconds)
        private val request = requestOf(uri, ticket, until, timeout, bytesMax)
        private val isSettled = AtomicBoolean()
        private val done = CompletableFuture<Unit>()

        /** Null if the deadline came first. */
        @Volatile
        private var deadline: ScheduledFuture<*>? = null

        /** The thread that [fetch] blocks; guarded by [done]. */
        private var blocked: Thread? = null

        init {
            deadline = Background.timer.schedule(::expire, timeout.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            try {
                Background.threads.execute(::run)
            } catch (e: Throwable) {
                // No thread can be had: the next token asks again.
                settle(null)
            }
        }

        /** Waits until it has ended. */
        fun await() {
            try {
                done.get(timeout.inWholeMilliseconds + SLACK_MILLIS, TimeUnit.MILLISECONDS)
            } catch (e: TimeoutException) {
                // Its ticket has ended by itself.
            }
        }

        suspend fun awaitSuspending(): Unit = suspendCoroutine { continuation ->
            done.whenComplete { _, _ -> continuation.resume(Unit) }
        }

        private fun run() {
            synchronized(done) {
                if (isSettled.get()) return
                blocked = Thread.currentThread()
            }
            try {
                val work: suspend () -> JwksResponse = { fetch(request) }
                work.startCoroutine(Continuation(EmptyCoroutineContext) { settle(it.getOrNull()) })
            } finally {
                synchronized(done) { blocked = null }
                // One that came too late is not the next task's.
                Thread.interrupted()
            }
        }

        private fun expire() {
            settle(null)
            synchronized(done) { blocked?.interrupt() }
        }

        private fun settle(response: JwksResponse?) {
            if (!isSettled.compareAndSet(false, true)) return
            try {
                deadline?.cancel(false)
                handIn(response)
            } catch (e: EdgewardenException) {
                // Too late, or closed: the cache has gone on without it.
            } finally {
                done.complete(Unit)
            }
        }

        private fun handIn(response: JwksResponse?) {
            val now = clock.millis()
            when (response?.status) {
                200 -> keys.fetched(ticket, response.body.clipped(), maxAgeSecs(response), etagOf(response), now)
                304 -> keys.notModified(ticket, maxAgeSecs(response), now)
                else -> keys.failed(ticket, now)
            }
        }

        /** Beyond the limit it is refused for its length, however much there is. */
        private fun ByteArray.clipped(): ByteArray = if (size > bytesMax) copyOf(bytesMax) else this
    }

    /** Pauses of a request that others fetch for. */
    private inner class Pauses {
        private val giveUp = System.nanoTime() + patience
        private var millis = 25L

        fun next(wait: Step.Wait): Long {
            val pause = minOf(millis, maxOf(1, wait.untilMs - clock.millis()))
            millis = minOf(2 * millis, 400)
            return pause
        }

        /** Who has waited for several fetches waits for no more. */
        fun check() {
            if (System.nanoTime() - giveUp <= 0) return
            val retryAt = clock.millis() + 1000
            throw VerifyException(
                "keys_unavailable", "keys: no keys at hand", null, null,
                TokenPlace.KEYS, null, Retry.AT, retryAt, null, 503,
            )
        }
    }
}

private suspend fun pause(millis: Long): Unit = suspendCoroutine { continuation ->
    Background.timer.schedule({ continuation.resume(Unit) }, millis, TimeUnit.MILLISECONDS)
}

private fun verifierOf(options: VerifierOptions): TokenVerifier {
    val wrong = { code: String, what: String, field: String ->
        EdgewardenException.Options(code, "option `$field`: $what", null, field)
    }
    if (options.sharedSecret != null) throw wrong("invalid_option", "there are no keys to fetch then", "sharedSecret")
    // A proof of possession brings its own key.
    if (options.profile == TokenProfile.DPOP_PROOF) throw wrong("not_for_profile", "has no keys to fetch", "profile")
    return TokenVerifier(options)
}

private fun keysOf(options: KeyCacheOptions, issuer: String): KeyCache {
    val wrong = { code: String, what: String, field: String? ->
        EdgewardenException.Options(code, what, null, field?.let { "keyCache.$it" })
    }
    if (options.trust.isNotEmpty()) throw wrong("invalid_option", "option `keyCache.trust`: is the issuer", "trust")
    if (options.issuers != null) throw wrong("invalid_option", "option `keyCache.issuers`: is one", "issuers")
    try {
        return KeyCache(options.copy(trust = listOf(issuer)))
    } catch (e: EdgewardenException.Options) {
        throw wrong(e.code, e.reason, e.field)
    }
}

private fun tokensOf(bytesMax: Long): TokenCache? {
    if (bytesMax >= 0) return if (bytesMax == 0L) null else TokenCache(bytesMax)
    throw EdgewardenException.Options(
        "invalid_option", "option `tokenCacheBytes`: negative", null, "tokenCacheBytes",
    )
}

/** A verifier that checks signatures leaves none to its host. */
private fun unasked() = EdgewardenException.Internal("internal", "a check that nobody asked for", null, null)

private const val BYTES_MAX = 256L shl 10

/** No limit of a key set is higher. */
private const val BYTES_LIMIT = 4L shl 20
private const val FETCH_SECS = 10L
private const val FETCHES_MAX = 3L
private const val SLACK_MILLIS = 1000L
