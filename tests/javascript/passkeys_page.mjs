// The script of a page that registers and uses a passkey with aws-amplify. passkeys.mjs serves it.

import { Amplify } from "aws-amplify";
import {
  associateWebAuthnCredential,
  confirmSignIn,
  deleteWebAuthnCredential,
  fetchUserAttributes,
  listWebAuthnCredentials,
  signIn,
  signOut,
} from "aws-amplify/auth";

globalThis.playInPage = async ({ poolId, clientId, endpoint, username, password }) => {
  Amplify.configure({
    Auth: {
      Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint },
    },
  });
  const outcome = {};
  await signIn({ username, password });
  await associateWebAuthnCredential();
  outcome.again = await associateWebAuthnCredential().catch(({ name }) => name);
  outcome.listed = (await listWebAuthnCredentials()).credentials;
  await signOut();

  const options = { authFlowType: "USER_AUTH" };
  const preferring = { ...options, preferredChallenge: "WEB_AUTHN" };
  await signIn({ username, options: preferring });
  outcome.preferred = await fetchUserAttributes();
  await signOut();

  const step = await signIn({ username, options });
  outcome.choices = step.nextStep.availableChallenges;
  await confirmSignIn({ challengeResponse: "WEB_AUTHN" });
  outcome.chosen = await fetchUserAttributes();

  await deleteWebAuthnCredential({ credentialId: outcome.listed[0].credentialId });
  outcome.left = (await listWebAuthnCredentials()).credentials;
  return outcome;
};
