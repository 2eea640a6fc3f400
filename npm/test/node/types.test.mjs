import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the declared types fit the frameworks, for import and require", () => {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom,dom.iterable"];
  const files = ["middleware.check.mts", "middleware.check.cts"];
  const tsc = ["node_modules/typescript/bin/tsc", ...options, "--types", "node", "--preserveSymlinks", "--skipLibCheck", "false", ...files];
  // The package is a link here; what it imports is found as in a project that installed it.
  const { status, stdout, stderr } = spawnSync(process.execPath, tsc, { cwd: here, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
});
