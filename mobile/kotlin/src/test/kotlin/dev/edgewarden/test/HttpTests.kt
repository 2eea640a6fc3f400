// The default way to fetch, against a server on this machine.

package dev.edgewarden.test

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.edgewarden.*
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.minutes

val HTTP_TESTS = listOf<Pair<String, () -> Unit>>(
    "keys come over HTTP, and a second time as not modified" to ::overHttp,
    "redirects, faults and bodies beyond the limit are failures" to ::badAnswers,
    "a server that is slow or silent holds nothing beyond the deadline" to ::slowServers,
)

private fun overHttp() = with(Issuer()) {
    val seen = CopyOnWriteArrayList<Map<String, List<String>>>()
    serving({ exchange ->
        seen += exchange.requestHeaders.toMap()
        check(exchange.requestMethod == "GET" && exchange.requestURI.path == "/keys") { "another request" }
        exchange.responseHeaders.add("ETag", "\"1\"")
        exchange.responseHeaders.add("Cache-Control", "max-age=60")
        val isKnown = exchange.requestHeaders.getFirst("If-None-Match") == "\"1\""
        exchange.answer(if (isKnown) 304 else 200, if (isKnown) null else jwks().encodeToByteArray())
    }) { uri ->
        JwksVerifier(options(), "$uri/keys", clock = clock).use { verifier ->
            verifier.verify(token())
            clock.pass(2.minutes)
            verifier.verify(token())
            eventually { seen.size == 2 && verifier.state() == KeyState.FRESH }
            check(seen.first()["Accept"] == listOf("application/jwk-set+json, application/json")) { "$seen" }
            check(seen.first()["Accept-encoding"] == listOf("identity")) { "$seen" }
        }
    }
}

private fun badAnswers() = with(Issuer()) {
    val count = AtomicInteger()
    val answers = listOf<(HttpExchange) -> Unit>(
        { it.responseHeaders.add("Location", "/good"); it.answer(302, null) },
        { it.responseHeaders.add("Location", "/good"); it.answer(307, jwks().encodeToByteArray()) },
        { it.answer(500, jwks().encodeToByteArray()) },
        { it.answer(404, null) },
        { it.answer(200, (jwks() + " ".repeat(300 shl 10)).encodeToByteArray()) },
        { it.answer(200, "<html>".encodeToByteArray()) },
    )
    for ((i, one) in answers.withIndex()) {
        count.set(0)
        serving({ exchange ->
            count.incrementAndGet()
            if (exchange.requestURI.path == "/good") exchange.answer(200, jwks().encodeToByteArray()) else one(exchange)
        }) { uri ->
            JwksVerifier(options(), uri, clock = clock).use { verifier ->
                check(refusal { verifier.verify(token()) }.code == "keys_unavailable") { "answer $i" }
                check(count.get() == 1) { "answer $i was fetched ${count.get()} times" }
            }
        }
    }
    // Nobody there.
    val port = ServerSocket(0).use { it.localPort }
    JwksVerifier(options(), "http://127.0.0.1:$port/", clock = clock).use { verifier ->
        check(refusal { verifier.verify(token()) }.httpStatus == 503) { "nobody answered" }
    }
}

private fun slowServers() = with(Issuer()) {
    // Of a body that is half a megabyte or less, a thread of the JVM would read the rest.
    val head = "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"
    // Silent; and one that sends a byte now and then, so that no timeout of a socket ever comes.
    for (text in listOf("", head + " ".repeat(100_000), "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000))) {
        ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")).use { server ->
            val dripping = thread(isDaemon = true) { runCatching { drip(server, text) } }
            val cache = KeyCacheOptions(fetchSecs = 1)
            JwksVerifier(options(), "http://127.0.0.1:${server.localPort}/", cache, clock = clock).use { verifier ->
                val began = System.nanoTime()
                check(refusal { verifier.verify(token()) }.code == "keys_unavailable") { "not told" }
                val millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)
                check(millis in 900..20_000) { "after $millis ms" }
            }
            // The client hangs up.
            dripping.join(30_000)
            check(!dripping.isAlive) { "the connection stays open" }
        }
    }
}

/** Sends a text byte by byte until the other side hangs up. */
private fun drip(server: ServerSocket, text: String) = server.accept().use { socket ->
    socket.soTimeout = 50
    var sent = 0
    while (true) {
        if (sent < text.length) socket.getOutputStream().write(text[sent++].code)
        try {
            if (socket.getInputStream().read() < 0) break
        } catch (e: java.net.SocketTimeoutException) {
            continue
        }
    }
}

private fun HttpExchange.answer(status: Int, body: ByteArray?) {
    sendResponseHeaders(status, body?.size?.toLong() ?: -1)
    // Who has read enough hangs up.
    runCatching { body?.let(responseBody::write) }
    close()
}

private fun serving(handler: (HttpExchange) -> Unit, test: (String) -> Unit) {
    val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
    val pool = Executors.newCachedThreadPool()
    server.executor = pool
    server.createContext("/", handler)
    server.start()
    try {
        test("http://127.0.0.1:${server.address.port}")
    } finally {
        server.stop(0)
        pool.shutdown()
    }
}
