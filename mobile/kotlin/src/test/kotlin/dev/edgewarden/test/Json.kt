// A reader of JSON for the tests, so that they need no library.

package dev.edgewarden.test

/** A JSON value: `Map`, `List`, `String`, `Long`, `Double`, `Boolean` or `null`. Throws at what is not JSON. */
fun parseJson(text: String): Any? = JsonReader(text).document()

/** The member of an object, which must be there. */
fun Map<*, *>.need(name: String): Any = this[name] ?: error("no member `$name`")

fun Map<*, *>.string(name: String): String = need(name) as String

fun Map<*, *>.int(name: String): Int = (need(name) as Long).toInt()

fun Map<*, *>.list(name: String): List<*> = need(name) as List<*>

/** The objects of a list. */
fun Map<*, *>.objects(name: String): List<Map<*, *>> = list(name).map { it as Map<*, *> }

private class JsonReader(private val text: String) {
    private var at = 0

    fun document(): Any? {
        val value = value()
        space()
        require(at == text.length) { "more after the document at $at" }
        return value
    }

    private fun value(): Any? {
        space()
        return when (val c = text[at]) {
            '{' -> members()
            '[' -> elements()
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> if (c == '-' || c.isDigit()) number() else error("unexpected character at $at")
        }
    }

    private fun members(): Map<String, Any?> {
        val members = LinkedHashMap<String, Any?>()
        at++
        space()
        if (take('}')) return members
        do {
            space()
            val name = string()
            space()
            need(':')
            members[name] = value()
            space()
        } while (take(','))
        need('}')
        return members
    }

    private fun elements(): List<Any?> {
        val elements = ArrayList<Any?>()
        at++
        space()
        if (take(']')) return elements
        do {
            elements.add(value())
            space()
        } while (take(','))
        need(']')
        return elements
    }

    private fun string(): String {
        need('"')
        val out = StringBuilder()
        while (true) {
            when (val c = text[at++]) {
                '"' -> return out.toString()
                '\\' -> out.append(escaped(text[at++]))
                else -> out.append(c)
            }
        }
    }

    private fun escaped(c: Char): Char = when (c) {
        'n' -> '\n'
        't' -> '\t'
        'r' -> '\r'
        'b' -> '\b'
        'f' -> '\u000C'
        'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
        '"', '\\', '/' -> c
        else -> error("unknown escape at $at")
    }

    private fun number(): Any {
        val from = at
        while (at < text.length && (text[at].isDigit() || text[at] in "+-.eE")) at++
        val digits = text.substring(from, at)
        return digits.toLongOrNull() ?: digits.toDouble()
    }

    private fun word(word: String, value: Any?): Any? {
        require(text.startsWith(word, at)) { "unexpected word at $at" }
        at += word.length
        return value
    }

    private fun space() {
        while (at < text.length && text[at] in " \t\r\n") at++
    }

    private fun take(c: Char): Boolean = (at < text.length && text[at] == c).also { if (it) at++ }

    private fun need(c: Char) = require(take(c)) { "expected $c at $at" }
}
