// How keys are fetched: what is asked, what an answer says, and the default way to ask.

package dev.edgewarden

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URI
import java.net.URISyntaxException
import java.time.Instant
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import kotlin.time.Duration

/** What a fetch asks for: one GET, never repeated, without following a redirect. */
public class JwksRequest(
    /** The address, as it was configured. */
    public val url: String,
    /** `Accept`, and `If-None-Match` where keys were there before. */
    public val headers: Map<String, String>,
    /** From then on the fetch counts as failed. */
    public val deadline: Instant,
    /** How long it may take in all: until the deadline. */
    public val timeout: Duration,
    /** How much of the body is read: nothing beyond counts. */
    public val bytesMax: Int,
)

/** What a fetch brought. */
public class JwksResponse(
    /** The status. 200 and 304 count; all others are failures. */
    public val status: Int,
    /** The headers; case does not matter. `Cache-Control`, `Age` and `ETag` are read. */
    public val headers: Map<String, String> = emptyMap(),
    /** The body, not compressed. */
    public val body: ByteArray = ByteArray(0),
) {
    override fun toString(): String = "JwksResponse(status=$status, bytes=${body.size})"
}

/** The address of keys: https, or http on this machine alone. */
internal fun checkedUri(uri: String): String {
    val wrong = { what: String ->
        EdgewardenException.Options("invalid_option", "option `jwksUri`: $what", null, "jwksUri")
    }
    val parts = try {
        URI(uri)
    } catch (e: URISyntaxException) {
        throw wrong("not a URL")
    }
    val host = parts.host ?: throw wrong("no host")
    if (uri.any { it !in '!'..'~' }) throw wrong("a character that a URL cannot hold")
    if (parts.rawUserInfo != null) throw wrong("a user or a password in it")
    if (parts.rawFragment != null) throw wrong("a fragment in it")
    val isSafe = when (parts.scheme?.lowercase()) {
        "https" -> true
        "http" -> host.lowercase() == "localhost" || host == "[::1]" || LOOPBACK.matches(host)
        else -> false
    }
    if (!isSafe) throw wrong("not https")
    return uri
}

/** What to ask with a ticket. */
internal fun requestOf(uri: String, ticket: FetchTicket, until: Instant, timeout: Duration, bytesMax: Int): JwksRequest {
    val headers = LinkedHashMap<String, String>()
    headers["Accept"] = "application/jwk-set+json, application/json"
    ticket.etag?.let { headers["If-None-Match"] = it }
    return JwksRequest(uri, headers, until, timeout, bytesMax)
}

/** How long a response is fresh from now on: `max-age` less `Age` (RFC 9111 section 4.2). */
internal fun maxAgeSecs(response: JwksResponse): Long? {
    for (directive in response.header("cache-control").orEmpty().split(',')) {
        if (directive.substringBefore('=').trim().lowercase() != "max-age") continue
        val secs = seconds(directive.substringAfter('=', "").trim().removeSurrounding("\"")) ?: return null
        return maxOf(0, secs - (seconds(response.header("age").orEmpty().trim()) ?: 0))
    }
    return null
}

/** The tag, if it is one: it is sent back in a header (RFC 9110 section 8.8.3). */
internal fun etagOf(response: JwksResponse): String? = response.header("etag")?.trim()?.takeIf(ETAG::matches)

/** Delta-seconds of RFC 9111 section 1.2.2; what is larger than 2^31 counts as that. */
private fun seconds(text: String): Long? {
    if (text.isEmpty() || text.length > 64 || text.any { it !in '0'..'9' }) return null
    return minOf(text.toBigInteger(), SECONDS_MAX).toLong()
}

private fun JwksResponse.header(name: String): String? =
    headers.entries.firstOrNull { it.key.equals(name, ignoreCase = true) }?.value

/** Fetches by the platform's own client, on this thread. */
internal fun fetchByUrlConnection(request: JwksRequest): JwksResponse {
    val deadline = System.nanoTime() + request.timeout.inWholeNanoseconds
    val connection = URI(request.url).toURL().openConnection() as HttpURLConnection
    // Timeouts of sockets begin anew with each byte; this one does not.
    val watch = Background.timer.schedule(
        { Background.threads.execute(connection::disconnect) },
        request.timeout.inWholeMilliseconds,
        TimeUnit.MILLISECONDS,
    )
    try {
        // 0 would be no timeout.
        val timeout = request.timeout.inWholeMilliseconds.coerceIn(1, Int.MAX_VALUE.toLong()).toInt()
        connection.connectTimeout = timeout
        connection.readTimeout = timeout
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        // The limit is one of what is read. And where no connection is kept, none goes stale, for which the client would
        // ask twice.
        connection.setRequestProperty("Accept-Encoding", "identity")
        connection.setRequestProperty("Connection", "close")
        for ((name, value) in request.headers) connection.setRequestProperty(name, value)
        val status = connection.responseCode
        val headers = connection.headerFields.entries.filter { it.key != null }
        val told = headers.associate { (name, values) -> name to values.joinToString(", ") }
        if (status != 200) return JwksResponse(status, told)
        return JwksResponse(status, told, connection.inputStream.use { read(it, request.bytesMax, deadline) })
    } finally {
        watch.cancel(false)
        // The rest of a short body may still be read by a thread of the JVM; nothing here waits for it.
        connection.disconnect()
    }
}

private fun read(stream: InputStream, bytesMax: Int, deadline: Long): ByteArray {
    val body = ByteArrayOutputStream()
    val piece = ByteArray(8192)
    while (body.size() < bytesMax) {
        val count = stream.read(piece, 0, minOf(piece.size, bytesMax - body.size()))
        if (count < 0) break
        if (System.nanoTime() - deadline > 0) throw IOException("deadline")
        body.write(piece, 0, count)
    }
    return body.toByteArray()
}

/** Threads that end no program and end themselves when there is nothing to do. */
internal object Background {
    private val daemon = ThreadFactory { work -> Thread(work, "edgewarden-jwks").apply { isDaemon = true } }

    /** For fetches. Tickets bound how many there are. */
    val threads = ThreadPoolExecutor(0, Int.MAX_VALUE, 10, TimeUnit.SECONDS, SynchronousQueue(), daemon)

    /** For deadlines and pauses. */
    val timer = ScheduledThreadPoolExecutor(1, daemon).apply {
        removeOnCancelPolicy = true
        setKeepAliveTime(10, TimeUnit.SECONDS)
        allowCoreThreadTimeOut(true)
    }
}

private val LOOPBACK = Regex("127(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}")
private val ETAG = Regex("(W/)?\"[!#-~]{0,512}\"")
private val SECONDS_MAX = (1L shl 31).toBigInteger()
