// Sugar over the generated classes: nothing here decides anything.

package dev.edgewarden

import java.time.Instant
import java.util.concurrent.Executor
import java.util.concurrent.ForkJoinPool
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.suspendCoroutine

/**
 * A scanner with options set in a block.
 *
 * ```
 * val scanner = promptScanner { strictness = Strictness.STRICT; allowedHosts = listOf("example.com") }
 * ```
 *
 * @throws EdgewardenException.Options if the options do not fit together or are out of range
 */
public fun promptScanner(options: ScannerOptions.() -> Unit = {}): PromptScanner =
    PromptScanner(ScannerOptions().apply(options))

/** Adds thresholds of one origin: 0 to 1000, 1001 for never; what is not given keeps the preset's value. */
public fun ScannerOptions.thresholds(origin: Origin, flag: Int? = null, block: Int? = null, redact: Int? = null) {
    thresholds += OriginThresholds(origin, flag, block, redact)
}

/** Adds a text that may be found without consequence: only by the rule [ruleId], only before [until], if given. */
public fun ScannerOptions.allow(text: String, ruleId: String? = null, until: Instant? = null) {
    allow += AllowEntry(text, ruleId, until?.toEpochMilli())
}

/** [PromptScanner.scan] at a given time. */
public fun PromptScanner.scan(text: String, origin: Origin = Origin.USER, now: Instant): ScanReport =
    scan(text, origin, now.toEpochMilli())

/** [PromptScanner.scanBytes] at a given time. */
public fun PromptScanner.scanBytes(bytes: ByteArray, origin: Origin = Origin.USER, now: Instant): ScanReport =
    scanBytes(bytes, origin, now.toEpochMilli())

/** [PromptScanner.scanBatch] at a given time. */
public fun PromptScanner.scanBatch(texts: List<String>, origin: Origin = Origin.USER, now: Instant): List<ScanReport> =
    scanBatch(texts, origin, now.toEpochMilli())

/** [PromptScanner.scanInSession] at a given time. */
public fun PromptScanner.scanInSession(
    text: String,
    session: SessionState,
    origin: Origin = Origin.USER,
    now: Instant,
): ScanReport = scanInSession(text, session, origin, now.toEpochMilli())

/**
 * [PromptScanner.scan] on [executor], so that a long text does not hold up the thread of a coroutine.
 *
 * A coroutine that is cancelled meanwhile gets no answer sooner: a scan is not interrupted.
 */
public suspend fun PromptScanner.scanSuspending(
    text: String,
    origin: Origin = Origin.USER,
    now: Long? = null,
    executor: Executor = ForkJoinPool.commonPool(),
): ScanReport = on(executor) { scan(text, origin, now) }

/** [PromptScanner.scanBatch] on [executor]; see [scanSuspending]. */
public suspend fun PromptScanner.scanBatchSuspending(
    texts: List<String>,
    origin: Origin = Origin.USER,
    now: Long? = null,
    executor: Executor = ForkJoinPool.commonPool(),
): List<ScanReport> = on(executor) { scanBatch(texts, origin, now) }

/** [PromptScanner.scanJson] on [executor]; see [scanSuspending]. */
public suspend fun PromptScanner.scanJsonSuspending(
    json: String,
    origin: Origin = Origin.USER,
    executor: Executor = ForkJoinPool.commonPool(),
): JsonReport = on(executor) { scanJson(json, origin) }

/**
 * Pushes each piece through a stream of its own and yields what comes out, the rest after the last piece.
 *
 * Lazy: a piece is taken when the output before it was used. A consumer that stops early ends the stream unfinished.
 */
public fun PromptScanner.scanStream(
    pieces: Sequence<String>,
    origin: Origin = Origin.ASSISTANT,
): Sequence<StreamOutput> = sequence {
    stream(origin).use { stream ->
        for (piece in pieces) yield(stream.push(piece))
        yield(stream.finish())
    }
}

/** The place in the text, for `text.substring(finding.range)`; in a report of bytes, the place in the bytes. */
public val Finding.range: IntRange get() = start until end

/** The place in the document. */
public val JsonFinding.range: IntRange get() = start until end

/** The place in the text; in a report of bytes, the place in the bytes. */
public val Redaction.range: IntRange get() = start until end

/** The place in the text. */
public val CanarySpan.range: IntRange get() = start until end

/** The name in every language and every log: `allow`, `flag`, `redact`, `block`. */
public val Decision.stableName: String get() = stable(name)

/** The name in every language and every log: `system`, `user`, `assistant`, `tool`, `retrieved`. */
public val Origin.stableName: String get() = stable(name)

/** The name in every language and every log, such as `prompt-injection`. */
public val Category.stableName: String get() = stable(name)

/** The name in every language and every log, such as `critical`. */
public val Severity.stableName: String get() = stable(name)

/** The name in every language and every log, such as `high`. */
public val Confidence.stableName: String get() = stable(name)

/** The name in every language and every log, such as `standard`. */
public val Strictness.stableName: String get() = stable(name)

/** The name in every language and every log, such as `balanced`. */
public val Preset.stableName: String get() = stable(name)

/** The name in every language and every log, such as `fuzzy`. */
public val Layer.stableName: String get() = stable(name)

private fun stable(name: String): String = name.lowercase().replace('_', '-')

internal suspend fun <T> on(executor: Executor, work: () -> T): T = suspendCoroutine { continuation ->
    executor.execute {
        val result = runCatching(work)
        result.fold(continuation::resume, continuation::resumeWithException)
    }
}
