// Two published clients that make known mistakes, run as they are: tests/test_buggy_libraries.py gives
// one login as JSON on each line of standard input, and is told the signature that they make of it.

import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { Passwordless } from "amazon-cognito-passwordless-auth";
import { authenticateWithSRP } from "amazon-cognito-passwordless-auth/srp";

// Its package names no way in.
const { ClientPasswordChallenge } = createRequire(import.meta.url)(
  "cognito-srp/dist/lib/ClientPasswordChallenge.js",
);

const hex = (text) => Uint8Array.from(text.match(/../g), (digits) => parseInt(digits, 16));

async function passwordlessAuth(given) {
  let answered;
  const fetch = async (_, { body }) => {
    const call = JSON.parse(body);
    if (call.AuthParameters) {
      const challenge = {
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: {
          SALT: given.salt,
          SRP_B: given.srp_b,
          SECRET_BLOCK: given.secret_block,
          USERNAME: given.user_id,
          USER_ID_FOR_SRP: given.user_id,
        },
      };
      return new Response(JSON.stringify(challenge));
    }
    answered = call.ChallengeResponses;
    return new Response(JSON.stringify({ __type: "NotAuthorizedException", message: "Enough." }));
  };
  const chance = { subtle: webcrypto.subtle, getRandomValues: (octets) => octets.set(hex(given.a)) };
  Passwordless.configure({ userPoolId: given.pool_id, clientId: "1example", crypto: chance, fetch });
  const Clock = globalThis.Date;
  globalThis.Date = class extends Clock {
    constructor() {
      super(given.now);
    }
  };
  try {
    const { user_id: username, password } = given;
    await authenticateWithSRP({ username, password }).signedIn.catch((error) => {
      if (!answered) throw error;
    });
  } finally {
    globalThis.Date = Clock;
  }
  return { signature: answered.PASSWORD_CLAIM_SIGNATURE, timestamp: answered.TIMESTAMP };
}

function cognitoSrp(given) {
  const [, pool] = given.pool_id.split("_");
  const user = { username: given.user_id, password: given.password };
  const challenge = new ClientPasswordChallenge(pool, user, given.a);
  const session = challenge.getSession(given.srp_b, given.salt);
  const signature = session.calculateSignature(given.secret_block, given.timestamp);
  return { signature, timestamp: given.timestamp };
}

const libraries = { passwordlessAuth, cognitoSrp };

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  console.log(JSON.stringify(await libraries[given.library](given)));
}
