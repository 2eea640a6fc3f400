/// <reference lib="esnext.disposable" />

// Edgewarden for JavaScript, tokens. The guide is docs/javascript.md of the repository.

import { EdgewardenError } from "./types.js";
import type { VerifyErrorCode } from "./types.js";

export type { ErrorCode, VerifyErrorCode } from "./types.js";
export { EdgewardenError, backend, errorCatalogue, init, initSync, isEdgewardenError, version } from "./types.js";

/** How a token is signed. HMAC (`HS…`) goes with a shared secret alone. */
export type Algorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "EdDSA"
  | "HS256"
  | "HS384"
  | "HS512";

/** What a token is: a claims set of any use, an access token (RFC 9068), an ID token, a proof of possession (RFC 9449). */
export type TokenProfile = "jwt" | "access_token" | "id_token" | "dpop_proof";

/**
 * What a token that is bound to a key (`cnf`) needs: it is refused (`none`), it must come with a proof of possession that
 * the host has verified (`dpop`), or the host checks whatever it is bound by (`host`).
 */
export type Confirmation = "none" | "dpop" | "host";

/** Caps of one token. */
export interface TokenLimits {
  /** Default: 16384. */
  readonly tokenBytes?: number;
  /** Default: 4096. */
  readonly headerBytes?: number;
  /** Default: 64. */
  readonly headerMembers?: number;
  /** Default: 256. */
  readonly claims?: number;
  /** Default: 1024. */
  readonly values?: number;
  /** Default: 16. */
  readonly jsonDepth?: number;
  /** Default: 256. */
  readonly kidBytes?: number;
}

/** Everything a verifier of public keys can be told. An unknown member is an error. */
export interface PolicyOptions {
  /** The issuer whose tokens are accepted, byte for byte. Required but for proofs of possession. */
  readonly issuer?: string;
  /** Names under which tokens are addressed to this service. Required but for proofs of possession. */
  readonly audiences?: readonly string[];
  /** Algorithms that are accepted. */
  readonly algorithms: readonly Algorithm[];
  /** Default: jwt. */
  readonly profile?: TokenProfile;
  /** What an ID token must repeat. */
  readonly nonce?: string;
  /** Seconds by which clocks may differ. Default: 60. */
  readonly leewaySecs?: number;
  /** Greatest age in seconds. */
  readonly ageSecsMax?: number;
  /** Claims that must be there. */
  readonly require?: readonly string[];
  /** Accept tokens without `exp`. */
  readonly withoutExpiry?: boolean;
  /** How many keys are tried for a token without `kid`. Default: 0. */
  readonly kidlessTries?: number;
  /** Tokens that are bound to a key. Default: none. */
  readonly confirmation?: Confirmation;
  /** Caps that differ from the defaults. */
  readonly limits?: TokenLimits;
}

/** The same, and a shared secret. */
export interface VerifierOptions extends PolicyOptions {
  /** The secret of HMACs. `algorithms` are HMACs then. */
  readonly sharedSecret?: Uint8Array;
}

/** Caps of a key set. */
export interface KeyLimits {
  /** Default: 100. */
  readonly keys?: number;
  /** Default: 262144. */
  readonly bytes?: number;
}

/** How key sets age; docs/jwt.md has the reasons. */
export interface KeyCachePolicy {
  /** How long a set is fresh where the response does not say. Default: 600. */
  readonly ttlSecs?: number;
  /** Default: 60. */
  readonly ttlSecsMin?: number;
  /** Default: 86400. */
  readonly ttlSecsMax?: number;
  /** How long a stale set serves while its endpoint is down. Default: 86400. */
  readonly staleSecs?: number;
  /** How long a fetch may take. Default: 10. */
  readonly fetchSecs?: number;
  /** At most one fetch for unknown kids and bad signatures in that time. Default: 30. */
  readonly cooldownSecs?: number;
  /** How long a kid that a fetch did not find causes no other. Default: 300. */
  readonly negativeSecs?: number;
  /** How long a withdrawn key is kept. Default: 0. */
  readonly graceSecs?: number;
  readonly limits?: KeyLimits;
}

/** Options of a key cache. */
export interface KeyCacheOptions extends KeyCachePolicy {
  /** Issuers that are trusted from the start. */
  readonly trust?: readonly string[];
  /** Most issuers. Default: 64. */
  readonly issuers?: number;
}

/** When a call is made. */
export interface TimeOptions {
  /** Milliseconds since 1970. Default: `Date.now()`. */
  readonly now?: number;
}

/** The same for calls that may hand out a ticket. */
export interface ChanceOptions extends TimeOptions {
  /** A random number below 2^53, which spreads retries. Default: one of the engine. */
  readonly entropy?: number;
}

/** JSON data. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** A token whose signature and claims were checked. Its members are not its own properties, so they are not logged. */
export declare class VerifiedToken {
  private constructor();
  /**
   * The claims as `JSON.parse` reads them. They are data: `__proto__` and `constructor` may be names of members. Merge them
   * into nothing.
   */
  readonly claims: { readonly [name: string]: JsonValue | undefined };
  /** The claims as the issuer wrote them. */
  readonly claimsJson: string;
  /** `alg`, `typ`, `cty` and `kid` of the header, as far as they are there. */
  readonly headerJson: string;
  readonly algorithm: Algorithm;
  readonly kid?: string;
  /** `iss` */
  readonly issuer?: string;
  /** `sub` */
  readonly subject?: string;
  /** `aud`, a list in any case. */
  readonly audience: readonly string[];
  /** `jti` */
  readonly tokenId?: string;
  /** `exp` */
  readonly expiresAtMs?: number;
  /** `nbf` */
  readonly notBeforeMs?: number;
  /** `iat` */
  readonly issuedAtMs?: number;
  /** From then on no call accepts it, leeway included. */
  readonly validUntilMs?: number;
  /** `cnf.jkt`: thumbprint of the key that a proof of possession must come from. */
  readonly boundKey?: string;
  /** SHA-256 thumbprint (RFC 7638) of the key it was verified with, base64url. */
  readonly keyThumbprint: string;
  /** The number that a key cache gave the key; 0 for a key of no cache. */
  readonly keyGeneration: number;
}

/** Numbers that say more of a refusal. */
export interface Evidence {
  readonly kind: "offset" | "limit" | "length" | "time";
  readonly found: number;
  readonly expected?: number;
}

/** The part of a token that is wrong. */
export type TokenPlace = "token" | "header" | "payload" | "key" | "signature" | "claim" | "keys";

/** Why a token is refused. Holds no text of the token. */
export declare class VerifyError extends EdgewardenError {
  private constructor();
  readonly code: VerifyErrorCode;
  readonly place: TokenPlace;
  /** Which header parameter or claim. */
  readonly part?: string;
  /** Whether the same token may be accepted later. */
  readonly retry: "never" | "after_refresh" | "at";
  /** That time, in milliseconds since 1970. */
  readonly retryAt?: number;
  readonly evidence?: Evidence;
  /** 401, or 503 where there are no keys. */
  readonly httpStatus: number;
}

/** One check of a token. */
export interface TokenCheck {
  /** Stable snake_case name. */
  readonly check: string;
  readonly place: TokenPlace;
  /** Which header parameter or claim. */
  readonly part?: string;
  /** `skipped`: a check before it failed. */
  readonly outcome: "passed" | "failed" | "skipped";
  readonly error?: VerifyError;
  /** What is asked for. */
  readonly expected?: string;
  /** What the token has, redacted: sizes, types, times, names of algorithms. */
  readonly got?: string;
}

/** What a token that is right but for key and signature asks for. Anybody can have written it. */
export interface PlausibleInfo {
  readonly kid?: string;
  readonly algorithm: Algorithm;
}

/** The request that a proof of possession must be for. */
export interface ProofRequest {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** The absolute URL as the client sees it. */
  readonly url: string;
  /** The nonce that the server gave last. */
  readonly nonce?: string;
  /** The access token as it was sent; together with `verified`. */
  readonly accessToken?: string;
  /** The access token as it was verified, not long ago. */
  readonly verified?: VerifiedToken;
}

/** A verifier. Build one and keep it. */
export declare class TokenVerifier {
  /**
   * @throws {EdgewardenError} `missing_issuer`, `missing_audience`, `missing_algorithms`, `hmac_needs_secret`, `not_hmac`,
   *   `unfit_secret`, `not_for_profile`, `invalid_option`, each with its field.
   */
  constructor(options: VerifierOptions);
  /**
   * Verifies a token; `keys` is left out with a shared secret.
   * @throws {VerifyError} The first fault.
   */
  verify(token: string, keys?: KeySet | null, options?: TimeOptions): Promise<VerifiedToken>;
  /** Everything but the signature, which is checked with {@link checkSignature} or by other means. */
  begin(token: string, keys?: KeySet | null, options?: TimeOptions): HostCheck;
  /** One call per token for a host that fetches keys itself: a verdict, or what to do before there is one. */
  step(token: string, keyCache: KeyCache, tokenCache?: TokenCache | null, options?: ChanceOptions): Step;
  /** Everything that needs no key; says which key to have at hand. */
  plausible(token: string, options?: TimeOptions): PlausibleInfo;
  /**
   * Every check with its outcome, past every fault: for developers, as it costs a signature check in any case. Where WebCrypto
   * checks signatures, that of a token with another fault is skipped.
   */
  explain(token: string, keys?: KeySet | null, options?: TimeOptions): Promise<readonly TokenCheck[]>;
  /** Verifies a proof of possession (RFC 9449) with the key in its header. For the profile `dpop_proof`. */
  verifyProof(proof: string, request: ProofRequest, options?: TimeOptions): Promise<VerifiedToken>;
  /** The same without the signature. */
  beginProof(proof: string, request: ProofRequest, options?: TimeOptions): HostCheck;
  /** Every check of {@link verifyProof}. */
  explainProof(proof: string, request: ProofRequest, options?: TimeOptions): Promise<readonly TokenCheck[]>;
  /** The value of `WWW-Authenticate`; see {@link challenge}. */
  challenge(error: VerifyError | null | undefined, realm: string): string;
  /** `null` for proofs of possession. */
  readonly issuer: string | null;
  readonly profile: TokenProfile;
  /** SHA-256 over all settings that can change a verdict. */
  readonly fingerprint: Uint8Array;
  /** Frees the memory now instead of when the object is collected. Later calls throw `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A token that lacks nothing but the check of its signature. From `TokenVerifier.begin`. */
export declare class HostCheck {
  private constructor();
  readonly algorithm: Algorithm;
  /** The key to check with, a JWK of its required members; `null` for a shared secret. */
  readonly keyJwk: string | null;
  readonly keyKid: string | null;
  /** SHA-256 thumbprint (RFC 7638) of the key, base64url: import it once for each. */
  readonly keyThumbprint: string;
  /** The bytes that are signed. */
  readonly signingInput: Uint8Array;
  /** Of the right length and in range; that of ECDSA as r and s side by side, as WebCrypto takes it. */
  readonly signature: Uint8Array;
  /** Goes on to the next key that may be tried; false if there is none. */
  nextKey(): boolean;
  /**
   * Ends the verification with what the host says of the signature. The check is closed then.
   * @throws {VerifyError} `bad_signature`, or `token_expired` and the like for a token that ended meanwhile.
   */
  finish(valid: boolean, options?: TimeOptions): VerifiedToken;
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Whether the signature is that of one of the keys that may be tried, by WebCrypto: `check.finish(await
 * checkSignature(check))`. Each key is imported once.
 * @throws {EdgewardenError} `invalid_option` with the field `algorithms` where the engine cannot make the check.
 */
export declare function checkSignature(check: HostCheck): Promise<boolean>;

/** What to do about a token. A ticket beside a verdict is fetched without letting the request wait. */
export interface Step {
  readonly kind: "verified" | "check" | "fetch" | "wait" | "refused";
  /** With `verified`. */
  readonly verified?: VerifiedToken;
  /** With `check`. */
  readonly check?: HostCheck;
  /** With `fetch`, and perhaps beside a verdict. */
  readonly ticket?: FetchTicket;
  /** With `wait`: step again soon, and at that time in milliseconds at the latest. */
  readonly until?: number;
  /** With `refused`. */
  readonly error?: VerifyError;
}

/** What a key is, without its numbers. */
export interface KeyInfo {
  readonly kid?: string;
  readonly algorithms: readonly Algorithm[];
  /** SHA-256 thumbprint (RFC 7638), base64url. */
  readonly thumbprint: string;
  /** The number that a key cache gave it; 0 in a set of no cache. */
  readonly generation: number;
}

/** A key of the document that no token is verified with. */
export interface RefusedKeyInfo {
  /** Its place in `keys`, from 0. */
  readonly index: number;
  readonly kid?: string;
  readonly code: VerifyErrorCode;
}

/** Keys to verify with. */
export declare class KeySet {
  private constructor();
  /**
   * The public keys of a JWK set (RFC 7517), as text or parsed; parsing loses a name that stands twice. One key that cannot be
   * used never spoils the others.
   * @throws {EdgewardenError} `key_set_too_large`, `key_set_not_json`, `key_set_too_deep`, `key_set_duplicate_name`,
   *   `not_a_key_set`, `too_many_keys`.
   */
  static fromJwks(jwks: string | object, limits?: KeyLimits): KeySet;
  /** One public key. @throws {EdgewardenError} The code that says why it cannot be used. */
  static fromJwk(jwk: string | object): KeySet;
  /** One shared secret. @throws {EdgewardenError} `mixed_key_set`, `weak_key`, `too_large`. */
  static fromSecret(secret: Uint8Array, options: { readonly algorithms: readonly Algorithm[]; readonly kid?: string }): KeySet;
  /** The usable keys. */
  readonly keys: readonly KeyInfo[];
  /** The keys that cannot be used, and why. */
  readonly refused: readonly RefusedKeyInfo[];
  /** The number that a key cache gave this set; 0 for a set of no cache. */
  readonly revision: number;
  close(): void;
  [Symbol.dispose](): void;
}

/** Permission to fetch the keys of an issuer once. */
export interface FetchTicket {
  /** What the cache is told the outcome with. */
  readonly id: string;
  /** Whose keys. The host knows the address; it never comes from a token. */
  readonly issuer: string;
  /** From then on the fetch counts as failed: stop it. */
  readonly deadlineMs: number;
  /** What to send as `If-None-Match`. */
  readonly etag?: string;
}

/** What a key cache says about a token. */
export interface KeyAnswer {
  readonly kind: "use" | "use_and_refresh" | "fetch" | "wait" | "unavailable";
  /** With `use` and `use_and_refresh`. */
  readonly keys?: KeySet;
  /** With `use_and_refresh` and `fetch`. */
  readonly ticket?: FetchTicket;
  /** With `wait`. */
  readonly until?: number;
  /** With `unavailable`. */
  readonly error?: VerifyError;
}

/** What a fetch changed. */
export interface KeyUpdate {
  readonly kind: "replaced" | "confirmed" | "failed";
  readonly added: number;
  readonly removed: number;
  /** Keys of the set that cannot be used. */
  readonly refused: number;
  /** Not for a failure. */
  readonly freshUntilMs?: number;
  /** For a failure: what is wrong with the response, if there was one. */
  readonly reason?: string;
  /** For a failure: before that time no other fetch of this kind is handed out. */
  readonly retryAtMs?: number;
}

/** Key sets of issuers as they age, for a host that fetches itself. */
export declare class KeyCache {
  /** @throws {EdgewardenError} `invalid_option`, `too_many_issuers`, `bad_issuer`. */
  constructor(options?: KeyCacheOptions);
  /** Lets the cache keep keys of an issuer, the exact value of `iss`. Never one that a token merely names. */
  trust(issuer: string): void;
  /** Drops an issuer and its keys. */
  forget(issuer: string): void;
  /** In the order they were trusted in. */
  readonly issuers: readonly string[];
  /** The keys for a token that names `kid`. `plausible`: all that needs no key is right with it. Default: true. */
  keys(issuer: string, options?: ChanceOptions & { readonly kid?: string; readonly plausible?: boolean }): KeyAnswer;
  /**
   * A fetch brought a document with status 200. `maxAgeSecs`: `max-age` of `Cache-Control` less `Age`.
   * @throws {EdgewardenError} `ticket_spent`, `ticket_superseded`, `unknown_issuer`; nothing changed then.
   */
  fetched(ticket: string, body: Uint8Array, options?: TimeOptions & { readonly maxAgeSecs?: number; readonly etag?: string }): KeyUpdate;
  /** A fetch was answered with status 304. */
  notModified(ticket: string, options?: TimeOptions & { readonly maxAgeSecs?: number }): KeyUpdate;
  /** A fetch brought another status, or nothing. */
  failed(ticket: string, options?: TimeOptions): KeyUpdate;
  /** A signature did not verify with the key of `kid`; a ticket if it is time to fetch. */
  badSignature(issuer: string, options?: ChanceOptions & { readonly kid?: string }): FetchTicket | null;
  /** `null` for an issuer that is not trusted. */
  state(issuer: string, options?: TimeOptions): KeyState | null;
  /** The sets as bytes, authenticated by `macKey`, 32 random bytes. */
  snapshot(macKey?: Uint8Array): Uint8Array;
  /**
   * Takes of a snapshot what is trusted and newer than what is held; how many sets.
   * @throws {EdgewardenError} `not_a_snapshot`, `snapshot_not_authentic` and the like; the cache is as it was.
   */
  restore(bytes: Uint8Array, macKey?: Uint8Array, options?: TimeOptions): number;
  close(): void;
  [Symbol.dispose](): void;
}

/** How a key cache stands with an issuer. */
export type KeyState = "empty" | "fresh" | "stale" | "refreshing";

/** A bounded cache of verified tokens. A hit checks times and key anew. */
export declare class TokenCache {
  /** A cache of about so many bytes; a usual token takes 3 KiB. Default: 4 MiB. */
  constructor(bytesMax?: number);
  /** What the verifier said about this very token, if it would say the same now. */
  get(verifier: TokenVerifier, token: string, keys: KeySet, options?: TimeOptions): VerifiedToken | null;
  /** Keeps a token that the verifier has just verified; whether it did. */
  insert(verifier: TokenVerifier, token: string, verified: VerifiedToken): boolean;
  /** Drops a token, as after a logout; whether it was there. */
  forget(verifier: TokenVerifier, token: string): boolean;
  clear(): void;
  /** Tokens held. */
  readonly size: number;
  /** Bytes held, roughly. */
  readonly bytes: number;
  close(): void;
  [Symbol.dispose](): void;
}

/** Where a snapshot of a key cache is kept. */
export interface SnapshotStore {
  /** The bytes that were saved last, if there are some. */
  load(): Promise<Uint8Array | null | undefined>;
  save(bytes: Uint8Array): Promise<void>;
}

/** Everything a {@link JwksVerifier} can be told. */
export interface JwksVerifierOptions extends PolicyOptions {
  /** Where the issuer publishes its keys: `https`, or `http` on this machine. */
  readonly jwksUri: string | URL;
  readonly keyCache?: KeyCachePolicy;
  /** Room for verified tokens; 0 for none. Default: 4 MiB. */
  readonly tokenCacheBytes?: number;
  /** Instead of the engine's. It must not follow redirects. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Where keys outlive this process or isolate; goes together with `snapshotKey`. */
  readonly snapshotStore?: SnapshotStore;
  /** 32 random bytes, kept secret: without them anybody who writes into the store could sign tokens. */
  readonly snapshotKey?: Uint8Array;
  /** Keeps work alive after a response, such as `waitUntil` of `cloudflare:workers`. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

/** Options of one call. */
export interface JwksVerifyOptions extends ChanceOptions {
  /** Ends the waiting; a fetch under way goes on. */
  readonly signal?: AbortSignal;
  /** Instead of the verifier's own, such as `ctx.waitUntil` of this request. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

/** Verifier, key cache, token cache and fetching in one. Build one and keep it. */
export declare class JwksVerifier {
  /** @throws {EdgewardenError} As `TokenVerifier`; options of the key cache have `keyCache.` before their names. */
  constructor(options: JwksVerifierOptions);
  /**
   * Verifies a token, after it fetched keys if it must.
   * @throws {VerifyError} The first fault; `keys_unavailable` with status 503 where there are no keys.
   */
  verify(token: string, options?: JwksVerifyOptions): Promise<VerifiedToken>;
  /** Drops a kept token, as after a logout; whether it was there. */
  forget(token: string): boolean;
  /** The keys as bytes, authenticated by `macKey`. */
  snapshot(macKey?: Uint8Array): Uint8Array;
  /** Takes of a snapshot what is newer than what is held; how many sets. */
  restore(bytes: Uint8Array, macKey?: Uint8Array, options?: TimeOptions): number;
  /** How it stands with its keys. */
  state(options?: TimeOptions): KeyState;
  /** The value of `WWW-Authenticate`; see {@link challenge}. */
  challenge(error: VerifyError | null | undefined, realm: string): string;
  readonly issuer: string;
  close(): void;
  [Symbol.dispose](): void;
}

/** A namespace of Workers KV, as far as it is needed. */
export interface KvNamespace {
  get(key: string, type: "arrayBuffer"): Promise<ArrayBuffer | null>;
  put(key: string, value: Uint8Array, options: { expirationTtl: number }): Promise<void>;
}

/** A snapshot in Workers KV. It is kept for `ttlSecs`, by default two days. */
export declare function kvSnapshotStore(kv: KvNamespace, key: string, options?: { readonly ttlSecs?: number }): SnapshotStore;

/** A snapshot in a cache of the Cache API, under an address that nothing is fetched from. */
export declare function cacheApiSnapshotStore(cache: Cache, url: string, options?: { readonly ttlSecs?: number }): SnapshotStore;

/**
 * The value of `WWW-Authenticate` for the scheme `Bearer` (RFC 6750 section 3): of a token that was refused, or of a request
 * without one.
 */
export declare function challenge(error: VerifyError | null | undefined, realm: string): string;

/**
 * The same for the scheme `DPoP` (RFC 9449 section 7.1), with the algorithms that proofs may use. `what`: the request has
 * none (`missing`), the access token (`token`) or the proof (`proof`) is refused, or a nonce is needed.
 */
export declare function proofChallenge(
  what: "missing" | "token" | "proof" | "nonce_needed",
  options: { readonly error?: VerifyError; readonly realm: string; readonly algorithms: readonly Algorithm[] },
): string;
