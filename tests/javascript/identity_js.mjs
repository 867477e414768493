// Signs in with amazon-cognito-identity-js, unchanged, which brings its own SRP.
//
// A scenario comes in as JSON on standard input, and what happened goes out as JSON on standard
// output. Two sign-ins in one process share a storage, and so the remembered device.

import { readFileSync } from "node:fs";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
} from "amazon-cognito-identity-js";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const kept = new Map();
const storage = {
  setItem: (key, value) => kept.set(key, value),
  getItem: (key) => kept.get(key) ?? null,
  removeItem: (key) => kept.delete(key),
  clear: () => kept.clear(),
};
const pool = new CognitoUserPool({
  UserPoolId: scenario.poolId,
  ClientId: scenario.clientId,
  endpoint: scenario.endpoint,
  Storage: storage,
});

/** Sign in once: what was asked for, and the tokens or the error. */
function signIn(password) {
  const user = new CognitoUser({ Username: scenario.username, Pool: pool, Storage: storage });
  const details = new AuthenticationDetails({ Username: scenario.username, Password: password });
  const asked = [];
  return new Promise((resolve) => {
    const callbacks = {
      onSuccess: (session, mustConfirm) => resolve({ asked, user, session, mustConfirm }),
      onFailure: (error) => resolve({ asked, error: { name: error.code, message: error.message } }),
      newPasswordRequired: (_, required) => {
        asked.push("newPasswordRequired");
        const given = Object.fromEntries(required.map((name) => [name, scenario.attributes[name]]));
        user.completeNewPasswordChallenge(scenario.newPassword, given, callbacks);
      },
      totpRequired: () => {
        asked.push("totpRequired");
        user.sendMFACode(scenario.codes.shift(), callbacks, "SOFTWARE_TOKEN_MFA");
      },
      mfaRequired: () => {
        asked.push("mfaRequired");
        user.sendMFACode(scenario.codes.shift(), callbacks, "SMS_MFA");
      },
      selectMFAType: () => {
        asked.push("selectMFAType");
        user.sendMFASelectionAnswer(scenario.factor, callbacks);
      },
      customChallenge: () => {
        asked.push("customChallenge");
        user.sendCustomChallengeAnswer(scenario.codes.shift(), callbacks);
      },
    };
    if (scenario.flow !== undefined) {
      user.setAuthenticationFlowType(scenario.flow);
    }
    user.authenticateUser(details, callbacks);
  });
}

/** A method of the client that takes callbacks, as a promise. */
function called(user, method) {
  return new Promise((resolve, reject) => {
    user[method]({ onSuccess: resolve, onFailure: reject });
  });
}

const outcomes = [];
for (const password of scenario.passwords) {
  const { asked, error, user, session, mustConfirm } = await signIn(password);
  const outcome = { asked, error };
  if (session !== undefined) {
    outcome.accessToken = session.getAccessToken().getJwtToken();
    if (mustConfirm) {
      await called(user, "setDeviceStatusRemembered");
    }
    const attributes = await new Promise((resolve, reject) => {
      user.getUserAttributes((failed, found) => (failed ? reject(failed) : resolve(found)));
    });
    outcome.attributes = Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
    const refreshed = await new Promise((resolve, reject) => {
      const token = session.getRefreshToken();
      user.refreshSession(token, (failed, found) => (failed ? reject(failed) : resolve(found)));
    });
    outcome.refreshed = refreshed.getAccessToken().getJwtToken();
    outcome.deviceKey = user.deviceKey;
    // Either forgets the tokens and keeps the device.
    if (scenario.everywhere) {
      await called(user, "globalSignOut");
    } else {
      user.signOut();
    }
  }
  outcomes.push(outcome);
}
console.log(JSON.stringify(outcomes));
