// Compiled, never run: the same types through `require`.
import edgewarden = require("edgewarden");
import express = require("edgewarden/express");
import hono = require("edgewarden/hono");

const scanner = new edgewarden.PromptScanner();
export const handler: express.Middleware = express.scanRequests({ scanner });
export const other = hono.guard(() => new Response(), { scanner, answer: false });
