// The names of the core as constants, in its order.

const names = (...all) =>
  Object.freeze(Object.fromEntries(all.map((name) => [name.replace(/(^|-)(.)/g, (_, __, c) => c.toUpperCase()), name])));

/** What to do with a text, from weakest to strongest. */
export const Decision = names("allow", "flag", "redact", "block");

/** Where a text comes from. */
export const Origin = names("system", "user", "assistant", "tool", "retrieved");

/** Which rules run, from fewest to most. */
export const Strictness = names("relaxed", "standard", "strict", "paranoid");

/** Thresholds to start from. */
export const Preset = names("relaxed", "balanced", "strict");

/** Harm if a finding is true. */
export const Severity = names("low", "medium", "high", "critical");

/** How likely a finding is true. */
export const Confidence = names("low", "medium", "high");

/** Attack classes. */
export const Category = names(
  "prompt-injection",
  "jailbreak",
  "prompt-extraction",
  "delimiter",
  "obfuscation",
  "exfiltration",
  "dangerous-command",
  "ssrf",
  "secret",
  "pii",
  "canary",
  "defamation",
  "limit",
);

/** Layers of a scan, in order. */
export const Layer = names(
  "envelope",
  "provenance",
  "census",
  "hidden",
  "canonical",
  "peel",
  "structure",
  "signature",
  "fuzzy",
  "lexical",
  "mention",
  "secret",
  "pii",
  "egress",
  "session",
  "decide",
);
