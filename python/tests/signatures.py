"""Signatures by the book and nothing else: slow, and for tests alone. They stand for what a host checks with."""

import base64
import hashlib
import hmac
import json

HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
# DER of DigestInfo up to the hash (RFC 8017 section 9.2).
DIGEST_INFO = {
    "256": "3031300d060960864801650304020105000420",
    "384": "3041300d060960864801650304020205000430",
    "512": "3051300d060960864801650304020305000440",
}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(algorithm, jwk, data, signature):
    """Whether the signature over the data is that of the key."""
    kind, size = algorithm[:2], algorithm[2:]
    if kind == "ES":
        return ecdsa(CURVES[jwk["crv"]], HASHES[size], jwk, data, signature)
    if kind == "Ed":
        return Ed25519.verify(decode(jwk["x"]), data, signature)
    n, e = (int.from_bytes(decode(jwk[name]), "big") for name in "ne")
    s = int.from_bytes(signature, "big")
    length = (n.bit_length() + 7) // 8
    if len(signature) != length or s >= n:
        return False
    message = pow(s, e, n).to_bytes(length, "big")
    return (pkcs1 if kind == "RS" else pss)(message, size, data, n.bit_length())


def pkcs1(message, size, data, bits):
    tail = b"\0" + bytes.fromhex(DIGEST_INFO[size]) + HASHES[size](data).digest()
    return message == b"\0\1" + b"\xff" * (len(message) - len(tail) - 2) + tail


def pss(message, size, data, bits):
    """EMSA-PSS-VERIFY (RFC 8017 section 9.1.2), the salt as long as the hash."""
    hash_of = HASHES[size]
    length = hash_of().digest_size
    message = message[len(message) - (bits + 6) // 8 :]
    masked, digest = message[: -length - 1], message[-length - 1 : -1]
    mask = b""
    while len(mask) < len(masked):
        mask += hash_of(digest + (len(mask) // length).to_bytes(4, "big")).digest()
    plain = bytes(a ^ b for a, b in zip(masked, mask))
    unused = 8 * len(masked) - (bits - 1 - 8 * (length + 1))
    if message[-1] != 0xBC or masked[0] >> (8 - unused):
        return False
    plain = bytes([plain[0] & 0xFF >> unused]) + plain[1:]
    if plain[: -length - 1].strip(b"\0") or plain[-length - 1] != 1:
        return False
    return hash_of(b"\0" * 8 + hash_of(data).digest() + plain[-length:]).digest() == digest


P256 = (
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
P384 = (
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
)
CURVES = {"P-256": P256, "P-384": P384}


def ecdsa(curve, hash_of, jwk, data, signature):
    p, n, gx, gy = curve
    half = (n.bit_length() + 7) // 8
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    if len(signature) != 2 * half or not (0 < r < n and 0 < s < n):
        return False
    inverse = pow(s, -1, n)
    h = int.from_bytes(hash_of(data).digest(), "big")
    key = tuple(int.from_bytes(decode(jwk[name]), "big") for name in "xy")
    point = add(p, times(p, h * inverse % n, (gx, gy)), times(p, r * inverse % n, key))
    return point is not None and point[0] % n == r


def add(p, a, b):
    """Points of a curve with a = -3; None is the point at infinity."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0] and (a[1] + b[1]) % p == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
    x = (slope * slope - a[0] - b[0]) % p
    return x, (slope * (a[0] - x) - a[1]) % p


def times(p, k, point):
    out = None
    while k:
        if k & 1:
            out = add(p, out, point)
        point = add(p, point, point)
        k >>= 1
    return out


class Ed25519:
    """RFC 8032, with a key from a seed."""

    P = 2**255 - 19
    L = 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, -1, P) % P

    def __init__(self, seed, kid):
        digest = hashlib.sha512(bytes([seed]) * 32).digest()
        self._scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self._prefix = digest[32:]
        self.public = self.compress(self.times(self._scalar, self.base()))
        self.kid = kid
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encode(self.public)}

    def token(self, claims, **header):
        """A signed token."""
        parts = {"alg": "EdDSA", "kid": self.kid, **header}, claims
        data = ".".join(encode(json.dumps(part).encode()) for part in parts)
        return f"{data}.{encode(self.sign(data.encode()))}"

    def sign(self, data):
        r = int.from_bytes(hashlib.sha512(self._prefix + data).digest(), "little") % self.L
        point = self.compress(self.times(r, self.base()))
        k = int.from_bytes(hashlib.sha512(point + self.public + data).digest(), "little") % self.L
        return point + ((r + k * self._scalar) % self.L).to_bytes(32, "little")

    @classmethod
    def verify(cls, public, data, signature):
        point, key = cls.decompress(signature[:32]), cls.decompress(public)
        s = int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or point is None or key is None or s >= cls.L:
            return False
        k = int.from_bytes(hashlib.sha512(signature[:32] + public + data).digest(), "little") % cls.L
        return cls.compress(cls.times(s, cls.base())) == cls.compress(cls.add(point, cls.times(k, key)))

    @classmethod
    def base(cls):
        return cls.decompress((4 * pow(5, -1, cls.P) % cls.P).to_bytes(32, "little"))

    @classmethod
    def add(cls, a, b):
        p = cls.P
        e, f = (a[1] - a[0]) * (b[1] - b[0]) % p, (a[1] + a[0]) * (b[1] + b[0]) % p
        g, h = 2 * a[3] * b[3] * cls.D % p, 2 * a[2] * b[2] % p
        e, f, g, h = f - e, h - g, h + g, f + e
        return e * f % p, g * h % p, f * g % p, e * h % p

    @classmethod
    def times(cls, k, point):
        out = (0, 1, 1, 0)
        while k:
            if k & 1:
                out = cls.add(out, point)
            point = cls.add(point, point)
            k >>= 1
        return out

    @classmethod
    def compress(cls, point):
        inverse = pow(point[2], -1, cls.P)
        x, y = point[0] * inverse % cls.P, point[1] * inverse % cls.P
        return (y | (x & 1) << 255).to_bytes(32, "little")

    @classmethod
    def decompress(cls, data):
        p = cls.P
        y = int.from_bytes(data, "little")
        sign, y = y >> 255, y & (2**255 - 1)
        square = (y * y - 1) * pow(cls.D * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        if x * x % p != square:
            x = x * pow(2, (p - 1) // 4, p) % p
        if y >= p or x * x % p != square or (x == 0 and sign):
            return None
        x = p - x if x & 1 != sign else x
        return x, y, 1, x * y % p


def hmac_of(algorithm, secret, data):
    return hmac.new(secret, data, HASHES[algorithm[2:]]).digest()
