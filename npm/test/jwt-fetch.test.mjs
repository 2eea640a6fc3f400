import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { urlOf } from "./package.mjs";

const { fetchKeys, maxAge } = await import(urlOf("js/jwt/fetch.js"));

/** A server that answers as it is told; what it was asked. */
async function endpoint(t, answer) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { uri: `http://127.0.0.1:${server.address().port}/keys`, asked };
}

const from = (uri, etag, milliseconds = 5_000, limitBytes = 100) => fetchKeys({ uri, fetch, limitBytes }, etag, milliseconds);
const text = (bytes) => new TextDecoder().decode(bytes);

test("a document comes with its age and its tag", async (t) => {
  const headers = { "cache-control": "public, max-age=60", age: "10", etag: 'W/"1"' };
  const { uri, asked } = await endpoint(t, (_, response) => response.writeHead(200, headers).end("{}"));
  const { body, ...rest } = await from(uri, '"0"');
  assert.deepEqual([text(body), rest], ["{}", { kind: "fetched", maxAgeSecs: 50, etag: 'W/"1"' }]);
  const sent = asked[0].headers;
  assert.deepEqual([sent.accept, sent["if-none-match"]], ["application/jwk-set+json, application/json", '"0"']);
  assert.equal((await from(uri)).kind, "fetched");
  assert.equal(asked[1].headers["if-none-match"], undefined);
});

test("nothing new is an answer, and everything else a failure", async (t) => {
  for (const [status, kind] of [[304, "not_modified"], [201, "failed"], [204, "failed"], [404, "failed"], [500, "failed"]]) {
    const { uri } = await endpoint(t, (_, response) => response.writeHead(status).end());
    assert.equal((await from(uri, '"0"')).kind, kind);
  }
  assert.deepEqual(await from("http://127.0.0.1:1/"), { kind: "failed" });
});

test("no redirect is followed", async (t) => {
  const evil = await endpoint(t, (_, response) => response.end("{}"));
  for (const status of [301, 302, 303, 307, 308]) {
    const { uri } = await endpoint(t, (_, response) => response.writeHead(status, { location: evil.uri }).end("{}"));
    assert.equal((await from(uri)).kind, "failed");
  }
  assert.equal(evil.asked.length, 0);
});

test("a body is read up to one byte beyond its limit", async (t) => {
  for (const [length, read] of [[99, 99], [100, 100], [101, 101], [5_000_000, 101]]) {
    const { uri } = await endpoint(t, (_, response) => response.end("a".repeat(length)));
    assert.equal((await from(uri)).body.length, read);
  }
  // One that never ends ends here.
  const { uri } = await endpoint(t, (_, response) => {
    const more = () => response.write("a".repeat(50)) && setTimeout(more, 1);
    more();
  });
  assert.equal((await from(uri)).body.length, 101);
});

test("the deadline holds for headers and for the body", async (t) => {
  const silent = await endpoint(t, () => {});
  const dripping = await endpoint(t, (_, response) => response.writeHead(200).write("{"));
  for (const { uri } of [silent, dripping]) {
    const start = performance.now();
    assert.equal((await from(uri, undefined, 60)).kind, "failed");
    assert.ok(performance.now() - start < 2_000);
  }
  assert.equal((await from(silent.uri, undefined, -5)).kind, "failed");
});

test("max-age less Age is how long a document is fresh", () => {
  for (const [cacheControl, age, expected] of [
    [undefined, undefined, undefined],
    ["no-store", "5", undefined],
    ["max-age=60", undefined, 60],
    ["MAX-AGE=60", "59", 1],
    ["max-age=60", "61", 0],
    ["max-age=60", "soon", 60],
    ['private, max-age="60"', undefined, 60],
    ["s-maxage=5, max-age=60", undefined, 60],
    ["x-max-age=60", undefined, undefined],
    ["max-age=-1", undefined, undefined],
    ["max-age=99999999999999999999", undefined, undefined],
  ]) {
    const headers = new Headers();
    if (cacheControl !== undefined) headers.set("cache-control", cacheControl);
    if (age !== undefined) headers.set("age", age);
    assert.equal(maxAge(headers), expected, cacheControl);
  }
});
