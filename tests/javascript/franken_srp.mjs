// Signs in with franken-srp, unchanged, which brings its own SRP and sends its requests in chunks.
//
// It has AWS's host name built in, so what it hands to Node's `https` is sent to the pool by `http`.

import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import franken from "franken-srp";
import { byName, played } from "./scenario.mjs";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const { hostname, port } = new URL(scenario.endpoint);
https.request = (options, callback) => http.request({ ...options, hostname, port }, callback);

const [region] = scenario.poolId.split("_");
let device; // What is kept of the registered one.

/** What the pool answered; an error of the client holds the text of it. */
function refusal({ detail }) {
  const { __type, message } = JSON.parse((detail.e ?? { detail }).detail.responseData);
  return Object.assign(new Error(message), { name: __type });
}

async function signIn(password, outcome) {
  const login = franken.srpLogin({
    region,
    userPoolId: scenario.poolId,
    clientId: scenario.clientId,
    username: scenario.username,
    password,
    device,
    autoConfirmDevice: true,
    autoRememberDevice: scenario.remember ? "remembered" : null,
  });
  let { value: step } = await login.next();
  while (step.code !== "TOKENS") {
    // After a wrong code it asks again, and says what was wrong.
    if (step.error !== undefined) {
      throw refusal(step.error);
    }
    outcome.asked.push(step.code);
    ({ value: step } = await login.next(scenario.codes.shift()));
  }
  const { tokens, newDevice } = step.response;
  device ??= newDevice;
  const { accessToken, refreshToken } = tokens;
  outcome.accessToken = accessToken;
  outcome.attributes = byName((await franken.getUser({ region, accessToken })).UserAttributes);
  const named = { region, clientId: scenario.clientId, deviceKey: device?.key };
  outcome.refreshed = (await franken.refresh({ ...named, refreshToken })).accessToken;
  outcome.deviceKey = device?.key;
}

console.log(JSON.stringify(await played(scenario, signIn)));
