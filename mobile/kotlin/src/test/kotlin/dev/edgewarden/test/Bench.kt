// What a call costs: prints one JSON object a line, `{"what": ..., "ns": ...}`, the best of several rounds in processor
// time of the calling thread, which other work on the machine disturbs less than the time on the wall.

package dev.edgewarden.test

import dev.edgewarden.PromptScanner
import dev.edgewarden.version
import java.lang.management.ManagementFactory

fun main() = PromptScanner().use { scanner ->
    val short = PROMPT.take(100)
    val long = PROMPT.repeat(11).take(1024)
    val batch = List(1000) { short }
    measure("scan of 100 B", 4_000) { scanner.scan(short) }
    measure("scan of 1 KB", 2_000) { scanner.scan(long) }
    measure("scan of 100 B in a batch of 1000", 8, 1000) { scanner.scanBatch(batch) }
    measure("new scanner", 20) { PromptScanner().close() }
    measure("call without text", 8_000) { version() }
}

private fun measure(what: String, calls: Int, texts: Int = 1, call: () -> Any) {
    val nanos = List(12) {
        val began = clock.currentThreadCpuTime
        repeat(calls) { call() }
        (clock.currentThreadCpuTime - began) / (calls.toLong() * texts)
    }
    println("""{"what": "$what", "ns": ${nanos.min()}}""")
}

private val clock = ManagementFactory.getThreadMXBean()

private const val PROMPT =
    "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"
