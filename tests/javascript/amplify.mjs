// Signs in with aws-amplify, which is to say @aws-amplify/auth, unchanged. It brings its own SRP.
//
// A scenario comes in as JSON on standard input, and what happened goes out as JSON on standard
// output. Two sign-ins in one process share a storage, and so the remembered device.

import { readFileSync } from "node:fs";
import { Amplify } from "aws-amplify";
import {
  confirmSignIn,
  fetchAuthSession,
  fetchUserAttributes,
  rememberDevice,
  signIn,
  signOut,
} from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

// The client names a device by what a browser's navigator tells. Node before version 21 has none, and
// then the client registers no device, and says nothing.
globalThis.navigator ??= { userAgent: "Node", platform: process.platform };

const scenario = JSON.parse(readFileSync(0, "utf8"));
Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: scenario.poolId,
      userPoolClientId: scenario.clientId,
      userPoolEndpoint: scenario.endpoint,
    },
  },
});
// Amplify.configure chooses a storage by itself, so this one comes after it.
const kept = new Map();
cognitoUserPoolsTokenProvider.setKeyValueStorage({
  setItem: async (key, value) => kept.set(key, value),
  getItem: async (key) => kept.get(key) ?? null,
  removeItem: async (key) => kept.delete(key),
  clear: async () => kept.clear(),
});

/** What the client is asked for is answered from the scenario, step by step. */
async function goThrough(step, asked) {
  while (!step.isSignedIn) {
    const name = step.nextStep.signInStep;
    asked.push(name);
    const answers = {
      CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED: () => scenario.newPassword,
      CONTINUE_SIGN_IN_WITH_MFA_SELECTION: () => scenario.factor,
      CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION: () => scenario.factor,
    };
    const answer = answers[name] ?? (() => scenario.codes.shift());
    const options = { userAttributes: scenario.attributes };
    step = await confirmSignIn({ challengeResponse: answer(), options });
  }
}

const outcomes = [];
for (const password of scenario.passwords) {
  const asked = [];
  const outcome = { asked };
  try {
    const options = scenario.options ?? {};
    const step = await signIn({ username: scenario.username, password, options });
    await goThrough(step, asked);
    if (scenario.remember && outcomes.length === 0) {
      await rememberDevice();
    }
    outcome.accessToken = (await fetchAuthSession()).tokens.accessToken.toString();
    outcome.attributes = await fetchUserAttributes();
    const refreshed = await fetchAuthSession({ forceRefresh: true });
    outcome.refreshed = refreshed.tokens.accessToken.toString();
    outcome.deviceKey = [...kept].find(([key]) => key.endsWith(".deviceKey"))?.[1];
    // It forgets the tokens and keeps the device. (That the pool knows no RevokeToken is passed over.)
    await signOut({ global: scenario.everywhere });
  } catch (error) {
    outcome.error = { name: error.name, message: error.message };
  }
  outcomes.push(outcome);
}
console.log(JSON.stringify(outcomes));
