// Runs the shared vectors of tokens over the public interface. Knows no engine: Node, workerd and Chromium all run this
// file.

import { bytesOf, encode, equal, thrown } from "./run-vectors.js";

/**
 * @param {object} api The exports of an entry for tokens.
 * @param {{ name: string, text: string }[]} files Files of `vectors/jwt/`, as they are.
 * @param {object} [full] An entry that checks signatures itself, where `api` leaves them to the engine: such an explanation
 *   does not look at the signature of a token with another fault.
 * @returns {Promise<{ counts: Record<string, number>, faults: string[], notes: string[] }>}
 */
export async function runJwtVectors(api, files, full) {
  const counts = {};
  const faults = [];
  const notes = [];
  for (const { name: file, text } of files) {
    const { kind, cases } = JSON.parse(text.replaceAll("{{}}", ""));
    counts[kind] ??= 0;
    for (const test of cases) {
      const name = `${file}: ${test.name}`;
      try {
        if (KINDS[kind] === undefined) throw new Error(`no runner for the kind ${kind}`);
        const note = await KINDS[kind](api, test, full);
        if (note !== undefined) notes.push(`${name}: held, ${note}`);
        counts[kind] += 1;
      } catch (error) {
        faults.push(`${name}: ${error?.stack ?? error}`);
      }
    }
  }
  return { counts, faults, notes };
}

const KINDS = {
  jwt: verdict,
  "jwt-explain": explanation,
  "jwt-keys": keySet,
  "jwt-cache": transcript,
  "jwt-errors": fault,
};

async function verdict(api, test) {
  const asked = await askedOf(api, test);
  const answers = [await answerOf(api, asked.verify), await answerOf(api, asked.inTwoSteps)];
  for (const { verified, error } of answers) {
    equal(error === undefined ? "ok" : error.code, test.verdict, "verdict");
    if (error === undefined) {
      equal(dataOf(verified), test.data, "data");
      equal(verified.claims, JSON.parse(test.data.claimsJson), "claims");
    } else {
      equal(plainOf(error), test.error, "error");
      equal(error instanceof api.VerifyError && error instanceof api.EdgewardenError, true, "class of the error");
      equal(api.challenge(error, "api"), test.challenge, "challenge");
    }
  }
  const checks = await asked.explain();
  const first = checks.find((check) => check.outcome === "failed");
  equal(first && plainOf(first.error), test.error, "first fault of the explanation");
  if (first === undefined) equal(checks.every((check) => check.outcome === "passed"), true, "every check passed");
}

async function explanation(api, test, full = api) {
  equal((await (await askedOf(full, test)).explain()).map(plainCheckOf), test.checks, "checks");
  if (full === api) return;
  // The signature is skipped after another fault, and everything else is the same.
  const isLate = test.checks.slice(0, -1).some((check) => check.outcome === "failed");
  const last = test.checks.at(-1);
  const isOfSignature = last.outcome === "passed" || last.error?.code === "bad_signature";
  const isSkipped = isLate && last.check === "signature" && isOfSignature;
  const { check, place } = last;
  const found = (await (await askedOf(api, test)).explain()).map(plainCheckOf);
  equal(found, isSkipped ? [...test.checks.slice(0, -1), { check, place, outcome: "skipped" }] : test.checks, "checks by the engine");
}

async function keySet(api, test) {
  if (test.verdict === "ok") {
    const set = api.KeySet.fromJwks(test.jwks, test.limits);
    equal(set.keys, test.keys, "keys");
    equal(set.refused, test.refused, "refused keys");
    return;
  }
  const error = thrown(api, () => api.KeySet.fromJwks(test.jwks, test.limits));
  equal([error.code, error.offset ?? null], [test.verdict, test.offset ?? null], "error");
}

async function transcript(api, test) {
  let cache = new api.KeyCache(test.options);
  let snapshot;
  const tickets = [];
  const issued = ({ id, issuer, deadlineMs, etag = null }) => {
    const ticket = tickets.push(id) - 1;
    return { ticket, issuer, deadline: deadlineMs, etag };
  };
  const events = {
    keys({ issuer, kid, plausible, now }) {
      const { kind, keys, ticket, until, error } = cache.keys(issuer, { kid, plausible, now, entropy: 0 });
      const told = { answer: kind };
      if (keys !== undefined) {
        told.keys = keys.keys.map(({ kid = null, generation }) => [kid, generation]);
        told.revision = keys.revision;
      }
      if (ticket !== undefined) told.fetch = issued(ticket);
      if (until !== undefined) told.until = until;
      if (error !== undefined) told.error = plainOf(error);
      return told;
    },
    fetched: ({ ticket, body = "", max_age_secs: maxAgeSecs, etag, now }) =>
      cache.fetched(tickets[ticket], encode(body), { maxAgeSecs, etag, now }),
    not_modified: ({ ticket, max_age_secs: maxAgeSecs, now }) => cache.notModified(tickets[ticket], { maxAgeSecs, now }),
    failed: ({ ticket, now }) => cache.failed(tickets[ticket], { now }),
    bad_signature({ issuer, kid, now }) {
      const ticket = cache.badSignature(issuer, { kid, now, entropy: 0 });
      return { fetch: ticket && issued(ticket) };
    },
    state: ({ issuer, now }) => ({ state: cache.state(issuer, { now }) }),
    trust: ({ issuer }) => (cache.trust(issuer), {}),
    forget: ({ issuer }) => (cache.forget(issuer), {}),
    snapshot({ mac_key: key }) {
      snapshot = cache.snapshot(key && encode(key));
      return { bytes: snapshot.length };
    },
    restore: ({ mac_key: key, now }) => ({ sets: cache.restore(snapshot, key && encode(key), { now }) }),
    restart() {
      cache = new api.KeyCache(test.options);
    },
  };
  for (const [i, step] of test.steps.entries()) {
    if (events[step.event] === undefined) throw new Error(`no event ${step.event}`);
    let answer;
    try {
      answer = events[step.event](step);
    } catch (error) {
      if (!api.isEdgewardenError(error)) throw error;
      answer = { error: error.code };
    }
    equal(answer ?? null, step.answer ?? null, `answer ${i}`);
  }
}

async function fault(api, test) {
  const secret = test.secret === undefined ? undefined : encode(test.secret);
  let options;
  try {
    options = JSON.parse(test.options_json ?? "{}");
  } catch {
    return "options are no text here, so they are JSON";
  }
  const calls = {
    verifier: () => new api.TokenVerifier(secret === undefined ? options : { ...options, sharedSecret: secret }),
    key_cache: () => new api.KeyCache(options),
    key: () => api.KeySet.fromJwk(test.jwk),
    secret: () => api.KeySet.fromSecret(secret, { algorithms: test.algorithms }),
    restore: () => new api.KeyCache().restore(bytesOf(test.bytes), test.mac_key && encode(test.mac_key), { now: 0 }),
  };
  if (calls[test.call] === undefined) throw new Error(`no call ${test.call}`);
  const { code, field = null, offset = null } = thrown(api, calls[test.call]);
  equal([code, field, offset], [test.verdict, test.field ?? null, test.offset ?? null], "error");
}

/** The ways to ask about one token. */
async function askedOf(api, test) {
  const { token, now, request } = test;
  const secret = test.secret === undefined ? undefined : encode(test.secret);
  const verifier = new api.TokenVerifier({ ...test.options, sharedSecret: secret });
  const keys = secret === undefined ? api.KeySet.fromJwks({ keys: test.keys ?? [] }) : undefined;
  const finish = async (check) => check.finish(await hostSays(api, check, secret), { now });
  if (request === undefined) {
    return {
      verify: () => verifier.verify(token, keys, { now }),
      inTwoSteps: async () => finish(verifier.begin(token, keys, { now })),
      explain: () => verifier.explain(token, keys, { now }),
    };
  }
  const { method, url, nonce, access_token: accessToken, access_options: accessOptions } = request;
  const access = accessToken === undefined ? undefined : new api.TokenVerifier(accessOptions);
  const verified = await access?.verify(accessToken, keys, { now });
  const proofRequest = { method, url, nonce, accessToken, verified };
  return {
    verify: () => verifier.verifyProof(token, proofRequest, { now }),
    inTwoSteps: async () => finish(verifier.beginProof(token, proofRequest, { now })),
    explain: () => verifier.explainProof(token, proofRequest, { now }),
  };
}

/** What the engine says of a signature. The secret of HMACs never leaves the host, so it checks them by itself. */
async function hostSays(api, check, secret) {
  if (secret === undefined) return api.checkSignature(check);
  const algorithm = { name: "HMAC", hash: check.algorithm.replace("HS", "SHA-") };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, check.signature, check.signingInput);
}

async function answerOf(api, ask) {
  try {
    return { verified: await ask() };
  } catch (error) {
    if (!(error instanceof api.VerifyError)) throw error;
    return { error };
  }
}

function dataOf(token) {
  const names = [
    "claimsJson", "headerJson", "algorithm", "kid", "issuer", "subject", "audience", "tokenId", "expiresAtMs", "notBeforeMs",
    "issuedAtMs", "validUntilMs", "boundKey", "keyThumbprint", "keyGeneration",
  ];
  return Object.fromEntries(names.filter((name) => token[name] !== undefined).map((name) => [name, token[name]]));
}

function plainOf({ code, place, part: name, retry, retryAt: retryAtMs, message, evidence, httpStatus }) {
  return { code, place, name, retry, retryAtMs, message, evidence, httpStatus };
}

function plainCheckOf({ part: name, error, ...rest }) {
  return { ...rest, name, error: error && plainOf(error) };
}
