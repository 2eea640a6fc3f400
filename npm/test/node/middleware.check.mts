// Compiled, never run: the declared types of the middlewares fit the frameworks and refuse what the code refuses.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Hono } from "hono";
import { PromptScanner } from "edgewarden";
import { JwksVerifier, TokenVerifier } from "edgewarden/jwt";
import * as express from "edgewarden/express";
import * as hono from "edgewarden/hono";

const scanner = new PromptScanner();

/** What Express calls a handler, without its types. */
type Handler = (req: IncomingMessage & { body?: unknown }, res: ServerResponse, next: (error?: unknown) => void) => void;
export const handlers: Handler[] = [
  express.scanRequests({ scanner, fields: ["a"], origin: "tool", redact: false, limitBytes: 5 }),
  express.scanRequests({ scanner, onDecision: (report, request) => void [report.decision, request.headers] }),
  express.scanResponses({ scanner, ...express.jsonDelta("/a"), notice: "" }),
];
export const wrapped = (res: ServerResponse & { mine: 1 }): 1 => express.scanStream(res, { scanner }).mine;
export const reported = (req: IncomingMessage & express.ScannedRequest) => req.edgewarden?.findings[0]?.ruleId;

// @ts-expect-error misspelt
express.scanRequests({ scanner, feilds: [] });
// @ts-expect-error no such origin
express.scanResponses({ scanner, origin: "nobody" });
// @ts-expect-error the scanner is missing
hono.scanRequests({});

const app = new Hono<{ Variables: hono.ScanVariables }>();
app.use(hono.scanRequests({ scanner, onDecision: (report, request) => void [report.score, request.url] }));
app.use("/chat", hono.scanResponses({ scanner }));
app.post("/", (c) => c.text(c.get("edgewarden")?.decision ?? "none"));

export default {
  fetch: hono.guard(async (request, env: { NAME: string }) => new Response(env.NAME + hono.reportOf(request)?.score), {
    scanner,
    answer: { notice: "" },
  }),
};

const verifier = new JwksVerifier({ algorithms: ["ES256"], jwksUri: "https://issuer.example/keys" });
handlers.push(
  express.verifyRequests({ verifier, realm: "a", authorize: async (token, request) => token.subject === request.url }),
  express.scanRequests({ scanner, verifier: new TokenVerifier({ algorithms: ["HS256"], sharedSecret: new Uint8Array(32) }) }),
);
export const user = (req: IncomingMessage & express.VerifiedRequest): string | undefined => req.auth.subject;
const secured = new Hono<{ Variables: hono.TokenVariables & hono.ScanVariables }>();
secured.use(hono.verifyRequests({ verifier, authorize: (token) => token.claims["admin"] === true }));
secured.get("/", (c) => c.json([c.get("auth").audience, c.get("jwtPayload")["scope"] ?? null]));
export const told = (request: Request) => hono.tokenOf(request)?.issuer;
// @ts-expect-error the verifier is missing
express.verifyRequests({});
// @ts-expect-error no verifier
hono.verifyRequests({ verifier: scanner });
