// An issuer whose endpoint answers as a test wants, and a clock that goes as it wants.

package dev.edgewarden.test

import dev.edgewarden.*
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.time.Clock
import java.time.Instant
import java.time.ZoneId
import java.time.ZoneOffset
import java.util.Base64
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration

const val ISSUER = "https://issuer.example"
const val AUDIENCE = "https://api.example"
const val JWKS = "https://issuer.example/jwks.json"

/** A clock that stands until it is moved. */
class TestClock : Clock() {
    private val now = AtomicLong(1_800_000_000_000)

    fun pass(time: Duration) = now.addAndGet(time.inWholeMilliseconds)

    override fun millis(): Long = now.get()

    override fun instant(): Instant = Instant.ofEpochMilli(millis())

    override fun getZone(): ZoneId = ZoneOffset.UTC

    override fun withZone(zone: ZoneId): Clock = this
}

/** Publishes keys and signs tokens with Ed25519. */
class Issuer(val clock: TestClock = TestClock()) {
    private val pairs = ConcurrentHashMap<String, KeyPair>()
    val published = CopyOnWriteArrayList(listOf("a"))

    /** What was asked for. */
    val asked = CopyOnWriteArrayList<JwksRequest>()

    /** What the endpoint answers; by default its keys. */
    @Volatile
    var answer: suspend (JwksRequest) -> JwksResponse = { keys() }

    suspend fun fetch(request: JwksRequest): JwksResponse {
        asked += request
        return answer(request)
    }

    fun keys(headers: Map<String, String> = mapOf("Cache-Control" to "max-age=600")) =
        JwksResponse(200, headers, jwks().encodeToByteArray())

    fun jwks(): String = published.joinToString(",", """{"keys":[""", "]}") { kid ->
        // The last 32 bytes of what the JVM writes are the key.
        val x = base64(pair(kid).public.encoded.takeLast(32).toByteArray())
        """{"kty":"OKP","crv":"Ed25519","kid":"$kid","x":"$x"}"""
    }

    fun token(kid: String = "a", life: Long = 3600, more: String = ""): String {
        val header = base64("""{"alg":"EdDSA","kid":"$kid"}""".encodeToByteArray())
        val end = clock.millis() / 1000 + life
        val claims = """{"iss":"$ISSUER","aud":"$AUDIENCE","sub":"hush","exp":$end$more}"""
        val input = header + "." + base64(claims.encodeToByteArray())
        val signature = Signature.getInstance("Ed25519")
        signature.initSign(pair(kid).private)
        signature.update(input.encodeToByteArray())
        return input + "." + base64(signature.sign())
    }

    fun verifier(cache: KeyCacheOptions = KeyCacheOptions(), tokenCacheBytes: Long = 4L shl 20) =
        JwksVerifier(options(), JWKS, cache, tokenCacheBytes, clock, entropy = { 0 }, fetch = ::fetch)

    private fun pair(kid: String): KeyPair =
        pairs.computeIfAbsent(kid) { KeyPairGenerator.getInstance("Ed25519").generateKeyPair() }
}

fun options() = VerifierOptions(ISSUER, listOf(AUDIENCE), listOf(TokenAlgorithm.ED_DSA))

fun base64(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
