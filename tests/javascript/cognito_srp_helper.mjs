// Signs in with cognito-srp-helper, unchanged, and with AWS's SDK for JavaScript (v3), which sends what
// the helper computes. The calls follow the helper's own README.

import { readFileSync } from "node:fs";
import {
  CognitoIdentityProviderClient,
  ConfirmDeviceCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  UpdateDeviceStatusCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  createDeviceVerifier,
  createSecretHash,
  createSrpSession,
  signSrpSession,
  signSrpSessionWithDevice,
  wrapAuthChallenge,
  wrapInitiateAuth,
} from "cognito-srp-helper";
import { byName, played } from "./scenario.mjs";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const { clientId: ClientId, clientSecret, endpoint, poolId, username } = scenario;
const client = new CognitoIdentityProviderClient({ region: poolId.split("_")[0], endpoint });

let device; // What is kept of the registered one.

/** What each call sends: who signs in, and on which device. */
function named() {
  return {
    USERNAME: username,
    ...(clientSecret && { SECRET_HASH: createSecretHash(username, ClientId, clientSecret) }),
    ...(device && { DEVICE_KEY: device.DeviceKey }),
  };
}

function initiate(AuthFlow, parameters, wrap = (request) => request) {
  const AuthParameters = { ...parameters, ...named() };
  return client.send(new InitiateAuthCommand(wrap({ ClientId, AuthFlow, AuthParameters })));
}

function respond({ ChallengeName, Session }, answers, wrap = (request) => request) {
  const ChallengeResponses = { ...answers, ...named() };
  const request = { ClientId, ChallengeName, ChallengeResponses, Session };
  return client.send(new RespondToAuthChallengeCommand(wrap(request)));
}

async function register({ AccessToken, NewDeviceMetadata: { DeviceKey, DeviceGroupKey } }) {
  const made = createDeviceVerifier(DeviceKey, DeviceGroupKey);
  const { DeviceRandomPassword, DeviceSecretVerifierConfig } = made;
  const registration = { AccessToken, DeviceKey, DeviceSecretVerifierConfig, DeviceName: "Node" };
  await client.send(new ConfirmDeviceCommand(registration));
  device = { DeviceKey, DeviceGroupKey, DeviceRandomPassword };
  if (scenario.remember) {
    const remembered = { AccessToken, DeviceKey, DeviceRememberedStatus: "remembered" };
    await client.send(new UpdateDeviceStatusCommand(remembered));
  }
}

async function signIn(password, outcome) {
  const session = createSrpSession(username, password, poolId, false);
  let reply = await initiate("USER_SRP_AUTH", { CHALLENGE_NAME: "SRP_A" }, (request) =>
    wrapInitiateAuth(session, request),
  );
  const signed = signSrpSession(session, reply);
  reply = await respond(reply, {}, (request) => wrapAuthChallenge(signed, request));
  while (reply.AuthenticationResult === undefined) {
    const challenge = reply;
    const answers = {
      SOFTWARE_TOKEN_MFA: () => {
        outcome.asked.push("SOFTWARE_TOKEN_MFA");
        return respond(challenge, { SOFTWARE_TOKEN_MFA_CODE: scenario.codes.shift() });
      },
      DEVICE_SRP_AUTH: () =>
        respond(challenge, {}, (request) => wrapAuthChallenge(signed, request)),
      DEVICE_PASSWORD_VERIFIER: () => {
        const { DeviceGroupKey, DeviceRandomPassword } = device;
        const kept = [DeviceGroupKey, DeviceRandomPassword];
        const ofDevice = signSrpSessionWithDevice(session, challenge, ...kept);
        return respond(challenge, {}, (request) => wrapAuthChallenge(ofDevice, request));
      },
    };
    reply = await answers[challenge.ChallengeName]();
  }
  const result = reply.AuthenticationResult;
  outcome.accessToken = result.AccessToken;
  if (result.NewDeviceMetadata !== undefined) {
    await register(result);
  }
  const { UserAttributes } = await client.send(
    new GetUserCommand({ AccessToken: result.AccessToken }),
  );
  outcome.attributes = byName(UserAttributes);
  const refreshed = await initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: result.RefreshToken });
  outcome.refreshed = refreshed.AuthenticationResult.AccessToken;
  outcome.deviceKey = device?.DeviceKey;
}

console.log(JSON.stringify(await played(scenario, signIn)));
