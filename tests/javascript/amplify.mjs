// Signs in with aws-amplify in Node: amplify_scenario.mjs.

import { readFileSync } from "node:fs";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { configure, play } from "./amplify_scenario.mjs";

// The client names a device by what a browser's navigator tells. Node before version 21 has none, and
// then the client registers no device, and says nothing.
globalThis.navigator ??= { userAgent: "Node", platform: process.platform };

const scenario = JSON.parse(readFileSync(0, "utf8"));
configure(scenario);
// Amplify.configure chooses a storage by itself, so this one comes after it.
const kept = new Map();
cognitoUserPoolsTokenProvider.setKeyValueStorage({
  setItem: async (key, value) => kept.set(key, value),
  getItem: async (key) => kept.get(key) ?? null,
  removeItem: async (key) => kept.delete(key),
  clear: async () => kept.clear(),
});

console.log(JSON.stringify(await play(scenario, () => [...kept])));
