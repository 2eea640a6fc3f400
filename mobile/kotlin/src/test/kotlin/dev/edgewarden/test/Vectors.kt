// Runs the vectors of a folder through the public interface: the argument is the folder.

package dev.edgewarden.test

import dev.edgewarden.*
import java.io.File
import java.util.Base64
import kotlin.system.exitProcess

fun main(arguments: Array<String>) {
    val folder = File(arguments.firstOrNull() ?: "vectors")
    val files = listOf(folder, folder.resolve("jwt")).flatMap { within ->
        within.listFiles { file -> file.extension == "json" }.orEmpty().sorted()
    }
    check(files.isNotEmpty()) { "no vectors in $folder" }
    val run = VectorRun()
    for (file in files) run.file(file)
    println("VECTORS " + run.held.entries.joinToString(", ", "{", "}") { (kind, count) -> "\"$kind\": $count" })
    if (run.failed > 0) {
        println("${run.failed} cases did not hold")
        exitProcess(1)
    }
}

/** What held, by kind. */
private class VectorRun {
    val held = sortedMapOf<String, Int>()
    var failed = 0
    private val scanners = HashMap<Any?, PromptScanner>()

    fun file(file: File) {
        // Marks that keep test credentials from looking live.
        val vectors = parseJson(file.readText().replace("{{}}", "")) as Map<*, *>
        // The folder also holds the schema and the list of public names.
        val kind = vectors["kind"] as String? ?: return
        val cases = vectors.objects("cases")
        held.merge(kind, 0, Int::plus)
        for (case in cases) {
            val name = (case["name"] ?: case["id"]).toString()
            try {
                val options = case["options"] ?: vectors["options"]
                if (kind.startsWith("jwt")) tokenCase(kind, case) else run(kind, case, options as Map<*, *>?)
                held.merge(kind, 1, Int::plus)
            } catch (e: Throwable) {
                failed++
                println("${file.name}: $name: $e")
            }
        }
        if (kind == "scan") batches(cases)
    }

    private fun run(kind: String, case: Map<*, *>, options: Map<*, *>?) = when (kind) {
        "scan" -> scan(case, scanner(options))
        "rules" -> rule(case, scanner(options))
        "redact" -> redact(case, scanner(options))
        "json" -> json(case, scanner(options))
        "stream" -> stream(case, scanner(options))
        "session" -> session(case, scanner(options))
        "canary" -> canary(case)
        "errors" -> errors(case)
        "explain" -> explain(case, scanner(options))
        else -> error("unknown kind $kind")
    }

    private fun scanner(options: Map<*, *>?): PromptScanner = scanners.getOrPut(options) {
        PromptScanner(options?.let(::optionsOf) ?: ScannerOptions())
    }

    private fun scan(case: Map<*, *>, scanner: PromptScanner) {
        val text = textOf(case)
        val origin = originOf(case)
        val now = case["now"] as Long?
        val report = scanner.scan(text, origin, now)
        compare(case, report, Place.of(text))
        case["redacted"]?.let { same("redacted", it, report.redact(text)) }
        if (case.containsKey("text")) {
            val bytes = text.encodeToByteArray()
            compare(case, scanner.scanBytes(bytes, origin, now), Place.of(bytes))
        }
    }

    /** Texts without options once more, all that share origin and time in one call. */
    private fun batches(cases: List<Map<*, *>>) {
        val groups = cases.filter { it["options"] == null }.groupBy { originOf(it) to it["now"] as Long? }
        for ((key, group) in groups) {
            val texts = group.map(::textOf)
            val reports = scanner(null).scanBatch(texts, key.first, key.second)
            same("reports of a batch", group.size, reports.size)
            for ((i, case) in group.withIndex()) compare(case, reports[i], Place.of(texts[i]))
        }
    }

    private fun rule(case: Map<*, *>, scanner: PromptScanner) {
        val text = textOf(case)
        val place = Place.of(text)
        val report = scanner.scan(text, originOf(case), case["now"] as Long?)
        same("decision", case.string("decision"), report.decision.stableName)
        same("score", case.int("score"), report.score)
        val found = report.findings.map { listOf(it.ruleId, place.bytes(it.start), place.bytes(it.end)) }
        val expected = case.objects("findings").map { finding ->
            listOf(finding.string("rule_id")) + finding.list("span").map { (it as Long).toInt() }
        }
        same("findings", expected, found)
    }

    private fun redact(case: Map<*, *>, scanner: PromptScanner) {
        val text = textOf(case)
        val place = Place.of(text)
        val report = scanner.scan(text, originOf(case), case["now"] as Long?)
        val redactions = case.objects("redactions")
        same("redactions", redactions.size, report.redactions.size)
        for ((expected, got) in redactions.zip(report.redactions)) {
            place.check(expected, got.start, got.end)
            same("label", expected.string("label"), got.label)
        }
        same("redacted", case.string("redacted"), report.redact(text))
        same("redacted by function", case.string("redacted"), redactText(text, report.redactions))
        val key = (case["key"] ?: return) as String
        Pseudonymizer(key.encodeToByteArray()).use { pseudonymizer ->
            val pseudonymized = pseudonymizer.pseudonymize(text, report)
            same("pseudonymized", case.string("pseudonymized"), pseudonymized.text)
            same("originals", case.list("originals"), pseudonymized.originals.map { listOf(it.placeholder, it.value) })
            same("restored", case.string("restored"), pseudonymized.restore(case.string("answer")))
        }
    }

    private fun json(case: Map<*, *>, scanner: PromptScanner) {
        val json = case.string("json")
        val place = Place.of(json)
        val report = scanner.scanJson(json, originOf(case))
        same("decision", case.string("decision"), report.decision.stableName)
        same("score", case.int("score"), report.score)
        same("strings", case.int("strings"), report.strings)
        same("findings", case.list("findings").size, report.findings.size)
        for ((expected, got) in case.objects("findings").zip(report.findings)) {
            same("pointer", expected.string("pointer"), got.pointer)
            val bare = with(got) { Finding(ruleId, category, severity, confidence, weight, start, end, chain) }
            compare(expected, bare, place)
        }
        case["redacted"]?.let { same("redacted", it, report.redact(json)) }
    }

    private fun stream(case: Map<*, *>, scanner: PromptScanner) {
        val pieces = case.list("pieces").map { it as String }
        val place = Place.of(pieces.joinToString(""))
        scanner.stream(originOf(case, Origin.ASSISTANT)).use { stream ->
            val outputs = pieces.map(stream::push) + stream.finish()
            same("outputs", case.list("outputs").size, outputs.size)
            for ((expected, got) in case.objects("outputs").zip(outputs)) {
                same("release", expected.string("release"), got.release)
                same("decision", expected.string("decision"), got.decision.stableName)
                same("score", expected.int("score"), got.score)
                compare(expected, got.findings, place)
            }
            check(stream.isFinished()) { "the stream has not ended" }
            same("code after the end", "closed", codeOf { stream.push("more") }.code)
        }
    }

    private fun session(case: Map<*, *>, scanner: PromptScanner) {
        var session = SessionState()
        for (turn in case.objects("turns")) {
            val text = textOf(turn)
            val report = scanner.scanInSession(text, session, originOf(turn), turn["now"] as Long?)
            compare(turn, report, Place.of(text))
            same("turns", turn.int("turns"), session.turns())
            same("risk", turn.int("risk"), session.risk())
            val bytes = session.toBytes()
            session.close()
            session = SessionState.fromBytes(bytes)
        }
        session.close()
    }

    private fun canary(case: Map<*, *>) {
        val word = canaryWord(case.string("key").encodeToByteArray(), case.string("id"))
        same("word", case.string("word"), word)
        same("line", case.string("line"), canaryLine(word))
        val text = textOf(case)
        val found = canaryFind(word, text)
        if (case["found"] == null) return same("found", null, found)
        val expected = mapOf("span" to case.list("found"), "slice" to case.string("slice"))
        checkNotNull(found) { "not found" }
        Place.of(text).check(expected, found.start, found.end)
    }

    private fun explain(case: Map<*, *>, scanner: PromptScanner) {
        val explanation = scanner.explain(textOf(case), originOf(case), case["now"] as Long?)
        same("explanation", case.string("explanation"), explanation)
    }

    private fun errors(case: Map<*, *>) {
        if (case["needs"] == "dynamic") {
            println("errors: ${case["name"]}: held by the types of Kotlin, which cannot express it")
            return
        }
        val error = codeOf { callOf(case) }
        same("code", case.string("code"), error.code)
        if (case.containsKey("field")) same("field", case["field"], error.field)
        val offset = (case["span_offset"] ?: return) as Long
        val got = checkNotNull(error.offset) { "no offset" }
        // Of bytes the offset counts bytes, of a text its own unit.
        same("offset", offset.toInt(), case["json"]?.let { Place.of(it as String).bytes(got) } ?: got)
    }

    private fun callOf(case: Map<*, *>): Any = when (val call = case.string("call")) {
        "new" -> PromptScanner(optionsOf(parseJson(case.string("options_json")) as Map<*, *>))
        "new_rules" -> PromptScanner(ScannerOptions(rules = bytesOf(case, "rules")))
        "scan_bytes" -> scanner(null).scanBytes(bytesOf(case, "bytes"))
        "scan_json" -> scanner(case["options"] as Map<*, *>?).scanJson(case.string("json"))
        "session" -> SessionState.fromBytes(bytesOf(case, "bytes"))
        "pseudonymizer" -> Pseudonymizer(case.string("key").encodeToByteArray())
        "canary_word" -> canaryWord(case.string("key").encodeToByteArray(), case.string("id"))
        "push_after_finish" -> scanner(null).stream().run {
            finish()
            push("more")
        }
        else -> error("unknown call $call")
    }

    private fun bytesOf(case: Map<*, *>, name: String): ByteArray = Base64.getDecoder().decode(case.string(name))

    private fun codeOf(call: () -> Any): EdgewardenException =
        try {
            call()
            error("the call did not fail")
        } catch (e: EdgewardenException) {
            e
        }
}

private fun compare(expected: Map<*, *>, report: ScanReport, place: Place) {
    same("decision", expected.string("decision"), report.decision.stableName)
    same("score", expected.int("score"), report.score)
    expected["findings_allowed"]?.let { same("findings allowed", (it as Long).toInt(), report.findingsAllowed) }
    expected["findings_dropped"]?.let { same("findings dropped", (it as Long).toInt(), report.findingsDropped) }
    compare(expected, report.findings, place)
}

private fun compare(expected: Map<*, *>, findings: List<Finding>, place: Place) {
    val ids = expected.objects("findings").map { it.string("rule_id") }
    same("rule ids", ids, findings.map { it.ruleId })
    for ((one, got) in expected.objects("findings").zip(findings)) compare(one, got, place)
}

private fun compare(expected: Map<*, *>, got: Finding, place: Place) {
    same("rule id", expected.string("rule_id"), got.ruleId)
    same("category", expected.string("category"), got.category.stableName)
    same("severity", expected.string("severity"), got.severity.stableName)
    same("confidence", expected.string("confidence"), got.confidence.stableName)
    same("weight", expected.int("weight"), got.weight)
    same("chain", expected.list("chain"), got.chain)
    place.check(expected, got.start, got.end)
}

internal fun same(what: String, expected: Any?, got: Any?) {
    check(expected == got) { "$what: expected $expected, got $got" }
}
