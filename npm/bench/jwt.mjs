// `node jwt.mjs JS ENTRY JOSE NAME [--quick]` prints what verification costs in Node through an entry of the package in the
// folder JS, beside the module JOSE, one JSON line each: {"what": "...", "ns": ...}.
//
// A figure is CPU time of the whole process: WebCrypto works in threads of its own here.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { candidates } from "./jwt-candidates.js";
import { tokens } from "./jwt-tokens.mjs";
import { effortOf, turns } from "./turns.mjs";

const [folder, entry, peer, name, ...flags] = process.argv.slice(2);
const [api, jose] = await Promise.all([join(folder, entry), peer].map((path) => import(pathToFileURL(path).href)));

for (const [algorithm, signed] of Object.entries(await tokens(jose))) {
  const works = await candidates(api, jose, signed);
  const batch = async (what, times) => {
    const work = works[what];
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) {
      if ((await work()) === undefined) throw new Error(`${what} finds no subject`);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1e3;
  };
  for (const [what, ns] of Object.entries(await turns(Object.keys(works), batch, effortOf(flags)))) {
    console.log(JSON.stringify({ what: `${name}: ${algorithm}: ${what}`, ns: Math.round(ns) }));
  }
}
process.exit(0);
