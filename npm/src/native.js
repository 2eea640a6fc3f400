// The backend of the native addon, where the package holds one that this machine can load.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { EdgewardenError } from "./errors.js";

/**
 * The backend, or `undefined` where WebAssembly is to be used: no addon loads, or `EDGEWARDEN_BACKEND=wasm` asks for it.
 * With `EDGEWARDEN_BACKEND=native` an addon that does not load is an error.
 *
 * @param {URL} folder holds the addons
 */
export function nativeBackend(folder) {
  const wanted = process.env.EDGEWARDEN_BACKEND || "any";
  if (wanted === "wasm") return undefined;
  if (wanted !== "native" && wanted !== "any") {
    throw new EdgewardenError("invalid_option", "EDGEWARDEN_BACKEND is neither `native` nor `wasm`", {
      field: "EDGEWARDEN_BACKEND",
    });
  }
  const require = createRequire(import.meta.url);
  const faults = [];
  for (const name of addonNames()) {
    try {
      const raw = require(fileURLToPath(new URL(name, folder)));
      return { kind: "native", start: () => raw };
    } catch (error) {
      faults.push(`${name}: ${String(error?.message).split("\n")[0]}`);
    }
  }
  if (wanted === "any") return undefined;
  throw new EdgewardenError("not_initialized", `the native addon does not load (${faults.join("; ")})`);
}

/** Files that may fit this machine. Of two C libraries the wrong one does not load. */
function addonNames() {
  const stem = `edgewarden.${process.platform}-${process.arch}`;
  return process.platform === "linux" ? [`${stem}-gnu.node`, `${stem}-musl.node`] : [`${stem}.node`];
}
