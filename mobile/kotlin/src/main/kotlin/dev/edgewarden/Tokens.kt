// Sugar over the generated classes for tokens: nothing here decides anything.

package dev.edgewarden

import java.time.Instant
import java.util.concurrent.Executor
import java.util.concurrent.ForkJoinPool
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Why a token is refused: `code`, `place`, `part`, `retry`, `evidence`, `httpStatus`. */
public typealias VerifyException = EdgewardenException.Verify

/**
 * A verifier with options set in a block.
 *
 * ```
 * val verifier = tokenVerifier {
 *     issuer = "https://issuer.example"
 *     audiences = listOf("https://api.example")
 *     algorithms = listOf(TokenAlgorithm.ES256)
 * }
 * ```
 *
 * @throws EdgewardenException.Options if the options do not fit together or are out of range
 */
public fun tokenVerifier(options: VerifierOptions.() -> Unit): TokenVerifier =
    TokenVerifier(VerifierOptions().apply(options))

/** A verifier that fetches the keys of its issuer from [jwksUri], with options set in a block; see [JwksVerifier]. */
public fun jwksVerifier(jwksUri: String, options: VerifierOptions.() -> Unit): JwksVerifier =
    JwksVerifier(VerifierOptions().apply(options), jwksUri)

/** By how much clocks may differ, in whole seconds. */
public var VerifierOptions.leeway: Duration?
    get() = leewaySecs?.seconds
    set(value) { leewaySecs = value?.inWholeSeconds }

/** Greatest age, in whole seconds. */
public var VerifierOptions.ageMax: Duration?
    get() = ageSecsMax?.seconds
    set(value) { ageSecsMax = value?.inWholeSeconds }

/** How long a set is fresh whose response names no `max-age`, in whole seconds. */
public var KeyCacheOptions.ttl: Duration?
    get() = ttlSecs?.seconds
    set(value) { ttlSecs = value?.inWholeSeconds }

/** How long a set still serves after it was fresh while refreshing fails, in whole seconds. */
public var KeyCacheOptions.stale: Duration?
    get() = staleSecs?.seconds
    set(value) { staleSecs = value?.inWholeSeconds }

/** How long a fetch may take before it counts as failed, in whole seconds. */
public var KeyCacheOptions.fetchTime: Duration?
    get() = fetchSecs?.seconds
    set(value) { fetchSecs = value?.inWholeSeconds }

/** How long a key still verifies after it vanished from the set, in whole seconds. */
public var KeyCacheOptions.grace: Duration?
    get() = graceSecs?.seconds
    set(value) { graceSecs = value?.inWholeSeconds }

/** [TokenVerifier.verify] at a given time. */
public fun TokenVerifier.verify(token: String, keys: KeySet, now: Instant): VerifiedToken =
    verify(token, keys, now.toEpochMilli())

/** [TokenVerifier.verifyProof] at a given time. */
public fun TokenVerifier.verifyProof(proof: String, request: ProofRequest, now: Instant): VerifiedToken =
    verifyProof(proof, request, now.toEpochMilli())

/** [TokenVerifier.explain] at a given time. */
public fun TokenVerifier.explain(token: String, keys: KeySet, now: Instant): List<TokenCheck> =
    explain(token, keys, now.toEpochMilli())

/**
 * [TokenVerifier.verify] on [executor], so that checking a signature does not hold up the thread of a coroutine.
 *
 * A coroutine that is cancelled meanwhile gets no answer sooner: a check is not interrupted.
 */
public suspend fun TokenVerifier.verifySuspending(
    token: String,
    keys: KeySet,
    now: Long? = null,
    executor: Executor = ForkJoinPool.commonPool(),
): VerifiedToken = on(executor) { verify(token, keys, now) }

/** `exp` */
public val VerifiedToken.expiresAt: Instant? get() = expiresAtMs()?.let(Instant::ofEpochMilli)

/** `nbf` */
public val VerifiedToken.notBefore: Instant? get() = notBeforeMs()?.let(Instant::ofEpochMilli)

/** `iat` */
public val VerifiedToken.issuedAt: Instant? get() = issuedAtMs()?.let(Instant::ofEpochMilli)

/** From then on no call accepts it, leeway included; null for never. */
public val VerifiedToken.validUntil: Instant? get() = validUntilMs()?.let(Instant::ofEpochMilli)

/** From then on the fetch counts as failed. */
public val FetchTicket.deadline: Instant get() = Instant.ofEpochMilli(deadlineMs)

/** As in `alg`. */
public val TokenAlgorithm.stableName: String get() = if (this == TokenAlgorithm.ED_DSA) "EdDSA" else name

/** The name in every language and every log, such as `access_token`. */
public val TokenProfile.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `dpop`. */
public val Confirmation.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `claim`. */
public val TokenPlace.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `after_refresh`. */
public val Retry.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `time`. */
public val EvidenceKind.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `passed`. */
public val CheckOutcome.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `fresh`. */
public val KeyState.stableName: String get() = name.lowercase()

/** The name in every language and every log, such as `replaced`. */
public val KeyUpdateKind.stableName: String get() = name.lowercase()
