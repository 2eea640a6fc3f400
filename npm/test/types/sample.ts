import {
  Decision,
  EdgewardenError,
  Origin,
  PromptScanner,
  Pseudonymizer,
  SessionState,
  type ScanReport,
  type ScannerOptions,
  canaryFind,
  canaryWord,
  init,
  isEdgewardenError,
} from "edgewarden";
import { PromptScanner as Small } from "edgewarden/scan";
import { initSync } from "edgewarden/wasm";
import * as web from "edgewarden/web";
import * as worker from "edgewarden/worker";
import * as inline from "edgewarden/inline";
import {
  type Algorithm,
  type JwksVerifierOptions,
  type Step,
  JwksVerifier,
  KeyCache,
  KeySet,
  TokenCache,
  TokenVerifier,
  VerifyError,
  cacheApiSnapshotStore,
  challenge,
  checkSignature,
  kvSnapshotStore,
  proofChallenge,
} from "edgewarden/jwt";
import { TokenVerifier as FullVerifier } from "edgewarden/jwt/full";

export async function sample(bytes: Uint8Array): Promise<string> {
  await init();
  initSync(bytes);
  const options: ScannerOptions = { preset: "strict", thresholds: { tool: { block: 500 } }, limits: { findings: 10 } };
  using scanner = new PromptScanner(options);
  const report: ScanReport = scanner.scan("text", { origin: Origin.Tool, now: 5 });
  const spans: number[] = report.findings.map((finding) => finding.end - finding.start);
  if (report.decision === Decision.Block) throw new Error(String(spans));
  const session = SessionState.fromBytes(new SessionState().toBytes());
  scanner.scanInSession("text", session);
  const place: { start: number; end: number } | null = canaryFind(canaryWord(bytes, "a"), "text");
  const [[placeholder, value] = ["", ""]] = new Pseudonymizer(bytes).pseudonymize("text", report).originals;
  const piped: ReadableStream<string> = new ReadableStream<string>().pipeThrough(scanner.stream().transform());
  for (const item of scanner.scanJson("{}").findings) item.pointer.toUpperCase();
  try {
    new Small().scan("text");
  } catch (error) {
    if (isEdgewardenError(error) && error.code === "invalid_option") return error.field ?? "";
    if (error instanceof EdgewardenError) return error.message;
  }
  return placeholder + value + String(place) + String(piped) + web.version() + worker.backend + inline.version();
}

export function mistakes(scanner: PromptScanner, small: Small): void {
  // @ts-expect-error not a text
  scanner.scan(5);
  // @ts-expect-error no such origin
  scanner.scan("text", { origin: "users" });
  // @ts-expect-error no such option
  new PromptScanner({ presett: "strict" });
  // @ts-expect-error frozen
  scanner.scan("text").score = 5;
  // @ts-expect-error scanning alone
  small.scanJson("{}");
  // @ts-expect-error streams come from a scanner
  new web.StreamScanner();
}

export async function tokens(token: string, bytes: Uint8Array, cache: Cache): Promise<string> {
  const algorithms: readonly Algorithm[] = ["ES256", "EdDSA"];
  const policy = { issuer: "https://issuer.example", audiences: ["https://api.example"], algorithms };
  const options: JwksVerifierOptions = {
    ...policy,
    jwksUri: new URL("https://issuer.example/keys"),
    keyCache: { ttlSecs: 60, limits: { keys: 5 } },
    tokenCacheBytes: 0,
    fetch: (url, init) => fetch(url, init),
    snapshotStore: cacheApiSnapshotStore(cache, "https://edgewarden.invalid/"),
    snapshotKey: bytes,
    confirmation: "dpop",
  };
  using verifier = new JwksVerifier(options);
  const keys = KeySet.fromJwks({ keys: [] }, { keys: 1 });
  try {
    const verified = await verifier.verify(token, { signal: new AbortController().signal, waitUntil: (work) => void work });
    const scope: unknown = verified.claims["scope"];
    const until: number | undefined = verified.validUntilMs;
    const own = new TokenVerifier({ ...policy, algorithms: ["HS256"], sharedSecret: bytes });
    const check = own.begin(token, keys, { now: 5 });
    check.finish(await checkSignature(check)).audience.join();
    const step: Step = own.step(token, new KeyCache({ trust: ["a"] }), new TokenCache(5), { entropy: 5 });
    for (const { error, got } of await own.explain(token)) if (error) return error.part ?? got ?? "";
    const proofs = new FullVerifier({ profile: "dpop_proof", algorithms });
    await proofs.verifyProof("proof", { method: "GET", url: "https://api.example", accessToken: token, verified });
    return String(scope) + String(until) + step.kind + proofs.verifySync(token, keys).keyThumbprint;
  } catch (error) {
    if (error instanceof VerifyError) {
      const { place, retryAt, httpStatus } = error;
      if (error.code === "token_expired") return `${place}${retryAt}${httpStatus}${error.evidence?.found}`;
      return challenge(error, "api") + proofChallenge("proof", { error, realm: "api", algorithms });
    }
    throw error;
  }
}

export function tokenMistakes(verifier: TokenVerifier, kv: { get(key: string, type: "arrayBuffer"): Promise<ArrayBuffer | null>; put(): Promise<void> }): void {
  kvSnapshotStore(kv, "keys");
  // @ts-expect-error no such algorithm
  new TokenVerifier({ algorithms: ["none"] });
  // @ts-expect-error no address
  new JwksVerifier({ algorithms: ["ES256"] });
  // @ts-expect-error a published secret is none
  new JwksVerifier({ algorithms: ["ES256"], jwksUri: "", sharedSecret: new Uint8Array(32) });
  // @ts-expect-error not without signature checks of its own
  verifier.verifySync("token");
  // @ts-expect-error a promise is no token
  verifier.verify("token").claims;
}
