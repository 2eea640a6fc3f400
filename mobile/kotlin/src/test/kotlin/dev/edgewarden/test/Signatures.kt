// What a host does with a signature that is left to it: the checks of the JVM.

package dev.edgewarden.test

import dev.edgewarden.HostCheck
import dev.edgewarden.TokenAlgorithm
import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.MessageDigest
import java.security.PublicKey
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import java.security.spec.MGF1ParameterSpec
import java.security.spec.PSSParameterSpec
import java.security.spec.RSAPublicKeySpec
import java.security.spec.X509EncodedKeySpec
import java.util.Base64
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** Whether the signature is right, by the JVM. Without a key in the check it is [secret]'s. */
fun hostSays(check: HostCheck, secret: ByteArray?): Boolean {
    val bits = check.algorithm().name.takeLast(3)
    val jwk = check.keyJwk()?.let { parseJson(it) as Map<*, *> } ?: return hmac(check, checkNotNull(secret), bits)
    val signature = when (check.algorithm()) {
        TokenAlgorithm.RS256, TokenAlgorithm.RS384, TokenAlgorithm.RS512 -> Signature.getInstance("SHA${bits}withRSA")
        TokenAlgorithm.PS256, TokenAlgorithm.PS384, TokenAlgorithm.PS512 -> Signature.getInstance("RSASSA-PSS").apply {
            val hash = "SHA-$bits"
            setParameter(PSSParameterSpec(hash, "MGF1", MGF1ParameterSpec(hash), bits.toInt() / 8, 1))
        }
        TokenAlgorithm.ES256, TokenAlgorithm.ES384 -> Signature.getInstance("SHA${bits}withECDSAinP1363Format")
        TokenAlgorithm.ED_DSA -> Signature.getInstance("Ed25519")
        else -> error("a public key for a shared secret")
    }
    return try {
        signature.initVerify(imported(jwk))
        signature.update(check.signingInput())
        signature.verify(check.signature())
    } catch (e: GeneralSecurityException) {
        // How the JVM says that a signature is none.
        false
    }
}

private fun hmac(check: HostCheck, secret: ByteArray, bits: String): Boolean {
    val mac = Mac.getInstance("HmacSHA$bits")
    mac.init(SecretKeySpec(secret, mac.algorithm))
    return MessageDigest.isEqual(mac.doFinal(check.signingInput()), check.signature())
}

private fun imported(jwk: Map<*, *>): PublicKey {
    val bytes = { name: String -> Base64.getUrlDecoder().decode(jwk.string(name)) }
    val number = { name: String -> BigInteger(1, bytes(name)) }
    return when (val kind = jwk.string("kty")) {
        "RSA" -> KeyFactory.getInstance("RSA").generatePublic(RSAPublicKeySpec(number("n"), number("e")))
        "EC" -> {
            val curve = AlgorithmParameters.getInstance("EC")
            curve.init(ECGenParameterSpec(if (jwk["crv"] == "P-256") "secp256r1" else "secp384r1"))
            val parameters = curve.getParameterSpec(ECParameterSpec::class.java)
            val point = ECPoint(number("x"), number("y"))
            KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(point, parameters))
        }
        "OKP" -> KeyFactory.getInstance("Ed25519").generatePublic(X509EncodedKeySpec(ED25519 + bytes("x")))
        else -> error("unknown kind of key $kind")
    }
}

/** A SubjectPublicKeyInfo but for the key (RFC 8410 section 4). */
private val ED25519 = byteArrayOf(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)
