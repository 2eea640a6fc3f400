// Texts, places and options of vectors.

package dev.edgewarden.test

import dev.edgewarden.*

/** Places of one text as the host counts them, against bytes of UTF-8. */
class Place private constructor(private val slice: (Int, Int) -> String, private val toBytes: (Int) -> Int) {
    /** The same place in bytes. */
    fun bytes(at: Int): Int = toBytes(at)

    /** Compares a place with `span` and `slice`. */
    fun check(expected: Map<*, *>, start: Int, end: Int) {
        val slice = slice(start, end)
        check(slice == expected.string("slice")) { "slice: expected ${expected["slice"]}, got $slice" }
        val span = expected.list("span").map { (it as Long).toInt() }
        val got = listOf(toBytes(start), toBytes(end))
        check(span == got) { "span: expected $span, got $got" }
    }

    companion object {
        /** In UTF-16 code units. */
        fun of(text: String): Place {
            val whole = text.withoutLoneSurrogates()
            return Place({ start, end -> whole.substring(start, end) }) { at ->
                whole.substring(0, at).encodeToByteArray().size
            }
        }

        /** In bytes. */
        fun of(bytes: ByteArray) = Place({ start, end -> bytes.copyOfRange(start, end).decodeToString() }, { it })
    }
}

/** Each half of a surrogate pair that stands alone becomes U+FFFD. */
fun String.withoutLoneSurrogates(): String {
    val out = StringBuilder(length)
    for ((i, c) in withIndex()) {
        val isPaired = when {
            c.isHighSurrogate() -> getOrNull(i + 1)?.isLowSurrogate() == true
            c.isLowSurrogate() -> getOrNull(i - 1)?.isHighSurrogate() == true
            else -> true
        }
        out.append(if (isPaired) c else '\uFFFD')
    }
    return out.toString()
}

fun textOf(case: Map<*, *>): String {
    val units = case["text_utf16"] as List<*>? ?: return case.string("text")
    return units.joinToString("") { (it as Long).toInt().toChar().toString() }
}

fun originOf(case: Map<*, *>, default: Origin = Origin.USER): Origin =
    (case["origin"] as String?)?.let { named<Origin>(it) } ?: default

/** The options of their JSON form; an error for what the types cannot hold. */
fun optionsOf(json: Map<*, *>): ScannerOptions = ScannerOptions().apply {
    for ((name, value) in json) {
        when (name) {
            "preset" -> preset = named<Preset>(value)
            "strictness" -> strictness = named<Strictness>(value)
            "thresholds" -> for ((origin, points) in value as Map<*, *>) {
                points as Map<*, *>
                val point = { which: String -> (points[which] as Long?)?.let(Math::toIntExact) }
                thresholds(named<Origin>(origin), point("flag"), point("block"), point("redact"))
            }
            "disabledLayers" -> disabledLayers = (value as List<*>).map { named<Layer>(it) }
            "disabledRules" -> disabledRules = strings(value)
            "allowedHosts" -> allowedHosts = strings(value)
            "allow" -> allow = (value as List<*>).map { entry ->
                entry as Map<*, *>
                AllowEntry(entry.string("text"), entry["ruleId"] as String?, entry["until"] as Long?)
            }
            "canaries" -> canaries = strings(value)
            "onLimit" -> onLimit = named<Decision>(value)
            "limits" -> limits = limitsOf(value as Map<*, *>)
            else -> error("unknown option $name")
        }
    }
}

private fun limitsOf(json: Map<*, *>): Limits {
    val known = setOf(
        "inputBytes", "documents", "derivedPerByte", "derivedBytesMin", "depth", "findings", "fuelPerByte", "jsonDepth",
    )
    check(known.containsAll(json.keys)) { "unknown limit" }
    val limit = { name: String -> json[name] as Long? }
    return Limits(
        inputBytes = limit("inputBytes"),
        documents = limit("documents"),
        derivedPerByte = limit("derivedPerByte"),
        derivedBytesMin = limit("derivedBytesMin"),
        depth = limit("depth"),
        findings = limit("findings"),
        fuelPerByte = limit("fuelPerByte"),
        jsonDepth = limit("jsonDepth"),
    )
}

private fun strings(value: Any?): List<String> = (value as List<*>).map { it as String }

private inline fun <reified E : Enum<E>> named(name: Any?): E =
    enumValueOf((name as String).uppercase().replace('-', '_'))
