// A scenario played with aws-amplify, which is to say @aws-amplify/auth, unchanged. It brings its own
// SRP. amplify.mjs plays it in Node, and amplify_page.mjs in a browser.

import { Amplify } from "aws-amplify";
import {
  confirmSignIn,
  fetchAuthSession,
  fetchUserAttributes,
  rememberDevice,
  signIn,
  signOut,
} from "aws-amplify/auth";
import { played } from "./scenario.mjs";

export function configure(scenario) {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: scenario.poolId,
        userPoolClientId: scenario.clientId,
        userPoolEndpoint: scenario.endpoint,
      },
    },
  });
}

/** What happened; `kept` lists what the client's storage has, as pairs of key and value. */
export function play(scenario, kept) {
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

  let remember = scenario.remember; // At the first sign-in.
  return played(scenario, async (password, outcome) => {
    const options = scenario.options ?? {};
    const step = await signIn({ username: scenario.username, password, options });
    await goThrough(step, outcome.asked);
    if (remember) {
      await rememberDevice();
      remember = false;
    }
    outcome.accessToken = (await fetchAuthSession()).tokens.accessToken.toString();
    outcome.attributes = await fetchUserAttributes();
    const refreshed = await fetchAuthSession({ forceRefresh: true });
    outcome.refreshed = refreshed.tokens.accessToken.toString();
    outcome.deviceKey = kept().find(([key]) => key.endsWith(".deviceKey"))?.[1];
    // It forgets the tokens and keeps the device.
    await signOut({ global: scenario.everywhere });
  });
}
