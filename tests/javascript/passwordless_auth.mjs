// Signs in with amazon-cognito-passwordless-auth, unchanged: with a password, for which it brings its
// own SRP. It knows no devices.

import { readFileSync } from "node:fs";
import { Passwordless } from "amazon-cognito-passwordless-auth";
import { getUser } from "amazon-cognito-passwordless-auth/cognito-api";
import { refreshTokens } from "amazon-cognito-passwordless-auth/refresh";
import { authenticateWithSRP } from "amazon-cognito-passwordless-auth/srp";
import { byName, played } from "./scenario.mjs";

const scenario = JSON.parse(readFileSync(0, "utf8"));
Passwordless.configure({
  cognitoIdpEndpoint: scenario.endpoint,
  userPoolId: scenario.poolId,
  clientId: scenario.clientId,
});

async function signIn(password, outcome) {
  const { signedIn } = authenticateWithSRP({
    username: scenario.username,
    password,
    otpMfaCode: async () => {
      outcome.asked.push("otpMfaCode");
      return scenario.codes.shift();
    },
    tokensCb: () => {}, // By default it would refresh the tokens by itself.
  });
  const tokens = await signedIn;
  outcome.accessToken = tokens.accessToken;
  const { accessToken } = tokens;
  outcome.attributes = byName((await getUser({ accessToken })).UserAttributes);
  outcome.refreshed = (await refreshTokens({ tokens })).accessToken;
}

console.log(JSON.stringify(await played(scenario, signIn)));
