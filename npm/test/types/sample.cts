import edgewarden = require("edgewarden");
import scan = require("edgewarden/scan");
import wasm = require("edgewarden/wasm");

export const decision: edgewarden.Decision = new edgewarden.PromptScanner().scan("text").decision;
export const score: number = new scan.PromptScanner().scan("text").score + new wasm.PromptScanner().scan("text").score;
