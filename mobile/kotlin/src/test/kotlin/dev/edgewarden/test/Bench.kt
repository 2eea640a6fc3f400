// What a call costs: prints one JSON object a line, `{"what": ..., "ns": ...}`. `--quick` takes less time for each.

package dev.edgewarden.test

import dev.edgewarden.PromptScanner
import dev.edgewarden.version

fun main(arguments: Array<String>) = PromptScanner().use { scanner ->
    val seconds = if ("--quick" in arguments) 0.3 else 1.0
    val long = "$PROMPT ".repeat(10).take(1024)
    val batch = List(1000) { PROMPT }
    for (text in listOf(PROMPT, long)) check(scanner.scan(text).findings.isEmpty()) { "the text is not clean" }
    measure("scan of 100 B", seconds) { scanner.scan(PROMPT) }
    measure("scan of 1 KB", seconds) { scanner.scan(long) }
    measure("scan of 100 B in a batch of 1000", seconds, 1000) { scanner.scanBatch(batch) }
    measure("new scanner", seconds) { PromptScanner().close() }
    measure("call without text", seconds) { version() }
}

/** The fastest of many batches of at least 2 ms: other work on the machine only ever adds. */
private fun measure(what: String, seconds: Double, texts: Int = 1, call: () -> Any) {
    val batch = { calls: Int ->
        val began = System.nanoTime()
        repeat(calls) { call() }
        System.nanoTime() - began
    }
    // The compiler of the JVM needs thousands of calls before it does its best.
    repeated(seconds) { batch(1) }
    var calls = 1
    while (batch(calls) < 2_000_000) calls *= 2
    var best = Long.MAX_VALUE
    repeated(seconds) { best = minOf(best, batch(calls)) }
    println("""{"what": "$what", "ns": ${best.toDouble() / (calls.toLong() * texts)}}""")
}

private fun repeated(seconds: Double, work: () -> Unit) {
    val end = System.nanoTime() + (seconds * 1e9).toLong()
    while (System.nanoTime() < end) work()
}

private const val PROMPT =
    "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"
