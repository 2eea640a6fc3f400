// Options and keys of vectors for tokens.

package dev.edgewarden.test

import dev.edgewarden.*

/** Says why a case cannot be written down in Kotlin: its types leave no room for the mistake. */
class Unsayable(reason: String) : Exception(reason)

/** The options of a verifier in their JSON form. */
fun verifierOptionsOf(json: Map<*, *>, secret: String? = null): VerifierOptions = tokenOptions {
    sharedSecret = secret?.encodeToByteArray()
    for ((name, value) in json) {
        when (name) {
            "issuer" -> issuer = text(value)
            "audiences" -> audiences = texts(value)
            "algorithms" -> algorithms = texts(value).map(::algorithmOf)
            "profile" -> profile = tokenName<TokenProfile>(text(value))
            "nonce" -> nonce = text(value)
            "leewaySecs" -> leewaySecs = number(value)
            "ageSecsMax" -> ageSecsMax = number(value)
            "require" -> require = texts(value)
            "withoutExpiry" -> withoutExpiry = value as? Boolean ?: throw Unsayable("not true or false")
            "confirmation" -> confirmation = tokenName<Confirmation>(text(value))
            "kidlessTries" -> kidlessTries = number(value)
            "limits" -> limits = tokenLimitsOf(value as Map<*, *>)
            "sharedSecret" -> throw Unsayable("a secret is bytes, not text")
            else -> throw Unsayable("no such option")
        }
    }
}

/** The options of a key cache in their JSON form. */
fun keyCacheOptionsOf(json: Map<*, *>): KeyCacheOptions = KeyCacheOptions().apply {
    for ((name, value) in json) {
        when (name) {
            "trust" -> trust = texts(value)
            "ttlSecs" -> ttlSecs = number(value)
            "ttlSecsMin" -> ttlSecsMin = number(value)
            "ttlSecsMax" -> ttlSecsMax = number(value)
            "staleSecs" -> staleSecs = number(value)
            "fetchSecs" -> fetchSecs = number(value)
            "cooldownSecs" -> cooldownSecs = number(value)
            "negativeSecs" -> negativeSecs = number(value)
            "graceSecs" -> graceSecs = number(value)
            "issuers" -> issuers = number(value)
            "limits" -> limits = keyLimitsOf(value as Map<*, *>)
            else -> throw Unsayable("no such option")
        }
    }
}

fun keyLimitsOf(json: Map<*, *>): KeyLimits {
    known(json, "keys", "bytes")
    return KeyLimits(keys = json["keys"]?.let(::number), bytes = json["bytes"]?.let(::number))
}

fun algorithmOf(name: String): TokenAlgorithm =
    TokenAlgorithm.values().firstOrNull { it.stableName == name } ?: throw Unsayable("no such algorithm")

/** A JSON text. */
fun jsonOf(value: Any?): String = when (value) {
    is Map<*, *> -> value.entries.joinToString(",", "{", "}") { (name, one) -> jsonOf(name) + ":" + jsonOf(one) }
    is List<*> -> value.joinToString(",", "[", "]", transform = ::jsonOf)
    is String -> value.map(::quoted).joinToString("", "\"", "\"")
    else -> value.toString()
}

private fun quoted(c: Char): String =
    if (c == '"' || c == '\\' || c < ' ' || c.isSurrogate()) "\\u%04x".format(c.code) else c.toString()

private fun tokenOptions(fill: VerifierOptions.() -> Unit) = VerifierOptions().apply(fill)

private fun tokenLimitsOf(json: Map<*, *>): TokenLimits {
    known(json, "tokenBytes", "headerBytes", "headerMembers", "claims", "values", "jsonDepth", "kidBytes")
    val limit = { name: String -> json[name]?.let(::number) }
    return TokenLimits(
        tokenBytes = limit("tokenBytes"),
        headerBytes = limit("headerBytes"),
        headerMembers = limit("headerMembers"),
        claims = limit("claims"),
        values = limit("values"),
        jsonDepth = limit("jsonDepth"),
        kidBytes = limit("kidBytes"),
    )
}

private fun known(json: Map<*, *>, vararg names: String) {
    if (!names.asList().containsAll(json.keys)) throw Unsayable("no such limit")
}

private fun text(value: Any?): String = value as? String ?: throw Unsayable("not a text")

private fun texts(value: Any?): List<String> = (value as? List<*> ?: throw Unsayable("not a list")).map(::text)

private fun number(value: Any?): Long = value as? Long ?: throw Unsayable("not a whole number")

private inline fun <reified E : Enum<E>> tokenName(name: String): E =
    enumValues<E>().firstOrNull { it.name.lowercase() == name } ?: throw Unsayable("no such name")
