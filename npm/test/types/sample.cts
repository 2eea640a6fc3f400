import edgewarden = require("edgewarden");
import scan = require("edgewarden/scan");
import wasm = require("edgewarden/wasm");
import jwt = require("edgewarden/jwt");
import full = require("edgewarden/jwt/full");

export const decision: edgewarden.Decision = new edgewarden.PromptScanner().scan("text").decision;
export const score: number = new scan.PromptScanner().scan("text").score + new wasm.PromptScanner().scan("text").score;
export const verified = (token: string): Promise<jwt.VerifiedToken> => new jwt.TokenVerifier({ algorithms: ["ES256"] }).verify(token);
export const atOnce = (token: string): string => new full.TokenVerifier({ algorithms: ["ES256"] }).verifySync(token).claimsJson;
