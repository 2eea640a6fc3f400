const entries = { main: require("edgewarden"), wasm: require("edgewarden/wasm"), scan: require("edgewarden/scan") };

import("./check.js").then(async ({ check }) => {
  for (const [name, api] of Object.entries(entries)) console.log(`Node, require ${name}: ${await check(api)}`);
});
