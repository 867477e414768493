// Times a client that AWS wrote in JavaScript: `node bench.mjs PACKAGE`, for benchmarks/contenders.py.
//
// The first line of standard output gives the version, or says why the package is missing. After that
// each line of standard input is a login as JSON. The client does it whole and unchanged, against a
// fetch that answers at once, and a line of JSON says how long it worked for SRP_A and the claim, what
// it sent, and the sizes of its exponents.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const INSTALLED = new URL("./node_modules/", import.meta.url);

let given; // The login.
let sent; // What the client has sent so far.
let arrived; // When the claim was sent.

const reply = (status, body) => new Response(JSON.stringify(body), { status });

globalThis.fetch = async (_, { body }) => {
  sent.push(JSON.parse(body));
  if (sent.length === 1) {
    const parameters = given.challenge;
    return reply(200, { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: parameters });
  }
  arrived = performance.now();
  return reply(400, { __type: "NotAuthorizedException", message: "Timed, and refused." });
};

async function identityJs() {
  const { AuthenticationDetails, CognitoUser, CognitoUserPool } =
    await import("amazon-cognito-identity-js");
  return {
    BigInteger: require("amazon-cognito-identity-js/lib/BigInteger").default,
    signIn() {
      const Pool = new CognitoUserPool({ UserPoolId: given.poolId, ClientId: given.clientId });
      const user = new CognitoUser({ Username: given.username, Pool });
      const named = { Username: given.username, Password: given.password };
      return new Promise((resolve) => {
        const callbacks = { onSuccess: resolve, onFailure: resolve };
        user.authenticateUser(new AuthenticationDetails(named), callbacks);
      });
    },
  };
}

async function amplify() {
  const { Amplify } = await import("aws-amplify");
  const { signIn } = await import("aws-amplify/auth");
  const path = "@aws-amplify/auth/dist/esm/providers/cognito/utils/srp/BigInteger/BigInteger.mjs";
  return {
    BigInteger: (await import(new URL(path, INSTALLED))).default,
    async signIn() {
      const Cognito = { userPoolId: given.poolId, userPoolClientId: given.clientId };
      Amplify.configure({ Auth: { Cognito } });
      await signIn({ username: given.username, password: given.password }).catch(() => {});
    },
  };
}

const name = process.argv[2];
let client;
try {
  client = await { "amazon-cognito-identity-js": identityJs, "@aws-amplify/auth": amplify }[name]();
} catch (error) {
  console.log(JSON.stringify({ missing: error.message.split("\n")[0] }));
  process.exit();
}
const { version } = JSON.parse(readFileSync(new URL(`${name}/package.json`, INSTALLED)));
console.log(JSON.stringify({ version }));

let exponents;
const { modPow } = client.BigInteger.prototype;
client.BigInteger.prototype.modPow = function (exponent, ...rest) {
  exponents.push(exponent.bitLength());
  return modPow.call(this, exponent, ...rest);
};

for await (const line of createInterface({ input: process.stdin })) {
  [given, sent, exponents] = [JSON.parse(line), [], []];
  const begun = performance.now();
  await client.signIn();
  const claim = sent[1].ChallengeResponses;
  console.log(
    JSON.stringify({
      seconds: (arrived - begun) / 1000,
      srp_a: sent[0].AuthParameters.SRP_A,
      timestamp: claim.TIMESTAMP,
      signature: claim.PASSWORD_CLAIM_SIGNATURE,
      exponents,
    }),
  );
}
