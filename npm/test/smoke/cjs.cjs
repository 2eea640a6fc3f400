const entries = { main: require("edgewarden"), wasm: require("edgewarden/wasm"), scan: require("edgewarden/scan") };
const tokens = { jwt: require("edgewarden/jwt"), full: require("edgewarden/jwt/full") };

import("./check.js").then(async ({ check, checkTokens }) => {
  for (const [name, api] of Object.entries(entries)) console.log(`Node, require ${name}: ${await check(api)}`);
  for (const [name, api] of Object.entries(tokens)) console.log(`Node, require ${name}: ${await checkTokens(api)}`);
});
