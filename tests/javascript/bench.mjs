// Times the clients that AWS wrote in JavaScript, and the same exchange with Node's own BigInt.
//
// benchmarks/compare.py drives it. Each line of standard input is one exchange as JSON; each line of
// standard output tells how long the client worked for SRP_A and the claim, and what it sent. The
// clients run whole and unchanged, against a fetch that answers at once. With "a" and "now" in the
// line they are given that secret and that moment, so that their signature can be held against the
// one of all others; what is timed has neither.

import { createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const INSTALLED = new URL("./node_modules/", import.meta.url);
const version = (name) => JSON.parse(readFileSync(new URL(`${name}/package.json`, INSTALLED))).version;

// ------------------------------------------------------------------------------- in place of AWS

let given; // The line that is worked on.
let sent; // What the client has sent so far.
let arrived; // When the claim was sent.

const reply = (status, body) => new Response(JSON.stringify(body), { status });

globalThis.fetch = async (_, { body }) => {
  const call = JSON.parse(body);
  sent.push(call);
  if (sent.length === 1) {
    const parameters = given.challenge;
    return reply(200, { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: parameters });
  }
  arrived = performance.now();
  return reply(400, { __type: "NotAuthorizedException", message: "Timed, and refused." });
};

// A moment and a secret that are the same for all, for as long as `work` runs.
async function pinned(WordArray, work) {
  if (given.a === undefined) return work();
  const { random } = WordArray.prototype;
  const Clock = globalThis.Date;
  globalThis.Date = class extends Clock {
    constructor(...parts) {
      super(...(parts.length ? parts : [given.now]));
    }
  };
  WordArray.prototype.random = (bytes) => {
    const words = given.a.match(/.{8}/g).map((digits) => parseInt(digits, 16));
    if (bytes !== 4 * words.length) throw new Error(`the client draws ${bytes} bytes for a`);
    return new WordArray(words, bytes);
  };
  try {
    return await work();
  } finally {
    globalThis.Date = Clock;
    WordArray.prototype.random = random;
  }
}

// The sizes of the exponents, while they are counted.
const sizes = [];
function count(BigInteger) {
  const { modPow } = BigInteger.prototype;
  BigInteger.prototype.modPow = function (exponent, ...rest) {
    sizes.push(exponent.bitLength());
    return modPow.call(this, exponent, ...rest);
  };
  return () => {
    BigInteger.prototype.modPow = modPow;
  };
}

// ------------------------------------------------------------------------------- the clients

async function identityJs() {
  const { AuthenticationDetails, CognitoUser, CognitoUserPool } =
    await import("amazon-cognito-identity-js");
  const WordArray = require("amazon-cognito-identity-js/lib/utils/WordArray").default;
  const BigInteger = require("amazon-cognito-identity-js/lib/BigInteger").default;
  return {
    name: `amazon-cognito-identity-js ${version("amazon-cognito-identity-js")}`,
    WordArray,
    BigInteger,
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
  const { WordArray } = await import("@aws-amplify/core/internals/utils");
  const path = "@aws-amplify/auth/dist/esm/providers/cognito/utils/srp/BigInteger/BigInteger.mjs";
  const { default: BigInteger } = await import(new URL(path, INSTALLED));
  return {
    name: `@aws-amplify/auth ${version("@aws-amplify/auth")}`,
    WordArray,
    BigInteger,
    async signIn() {
      const Cognito = { userPoolId: given.poolId, userPoolClientId: given.clientId };
      Amplify.configure({ Auth: { Cognito } });
      await signIn({ username: given.username, password: given.password }).catch(() => {});
    },
  };
}

// ------------------------------------------------------------------------------- BigInt

const integer = (bytes) => BigInt("0x" + bytes.toString("hex"));

function pad(value) {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 ? "0" + digits : digits, "hex");
  return bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

// Left to right, five bits at a time: JavaScript has no exponentiation modulo N of its own.
function power(base, exponent, N) {
  sizes.push(exponent.toString(2).length);
  const table = [1n, base];
  while (table.length < 32) table.push((table[table.length - 1] * base) % N);
  let result = 1n;
  for (const digit of exponent.toString(32)) {
    for (let i = 0; i < 5; i += 1) result = (result * result) % N;
    const value = parseInt(digit, 32);
    if (value) result = (result * table[value]) % N;
  }
  return result;
}

const bigInt = {
  name: `Node ${process.versions.node}'s BigInt`,
  async signIn() {
    const N = BigInt("0x" + given.n);
    const a = given.a === undefined ? integer(randomBytes(32)) : BigInt("0x" + given.a);
    const A = power(2n, a, N);
    const [AuthParameters, now] = [{ SRP_A: A.toString(16) }, new Date(given.now ?? Date.now())];
    const answer = await fetch("", { body: JSON.stringify({ AuthParameters }) });
    const { ChallengeParameters: told } = await answer.json();
    const [pool, user] = [given.poolId.split("_")[1], told.USER_ID_FOR_SRP];
    const B = BigInt("0x" + told.SRP_B);
    const u = integer(sha256(pad(A), pad(B)));
    const inner = sha256(Buffer.from(`${pool}${user}:${given.password}`));
    const x = integer(sha256(pad(BigInt("0x" + told.SALT)), inner));
    const k = integer(sha256(pad(N), pad(2n)));
    const base = (((B - k * power(2n, x, N)) % N) + N) % N;
    const S = power(base, a + u * x, N);
    const key = Buffer.from(hkdfSync("sha256", pad(S), pad(u), "Caldera Derived Key", 16));
    const [weekday, day, month, year, clock] = now.toUTCString().replace(",", "").split(" ");
    const TIMESTAMP = `${weekday} ${month} ${Number(day)} ${clock} UTC ${year}`;
    const claim = createHmac("sha256", key)
      .update(pool + user)
      .update(Buffer.from(told.SECRET_BLOCK, "base64"))
      .update(TIMESTAMP)
      .digest("base64");
    const ChallengeResponses = { TIMESTAMP, PASSWORD_CLAIM_SIGNATURE: claim };
    await fetch("", { body: JSON.stringify({ ChallengeResponses }) });
  },
};

// ------------------------------------------------------------------------------- line by line

const clients = { bigInt };
const missing = {};
for (const [name, load] of Object.entries({ identityJs, amplify })) {
  try {
    clients[name] = await load();
  } catch (error) {
    missing[name] = error.message.split("\n")[0];
  }
}
const names = Object.fromEntries(Object.entries(clients).map(([key, { name }]) => [key, name]));
console.log(JSON.stringify({ names, missing }));

for await (const line of createInterface({ input: process.stdin })) {
  given = JSON.parse(line);
  const client = clients[given.client];
  sent = [];
  sizes.length = 0;
  const restore = given.a !== undefined && client.BigInteger ? count(client.BigInteger) : () => {};
  const begun = performance.now();
  await (client.WordArray ? pinned(client.WordArray, client.signIn) : client.signIn());
  restore();
  const told = sent[1].ChallengeResponses;
  console.log(
    JSON.stringify({
      seconds: (arrived - begun) / 1000,
      srp_a: sent[0].AuthParameters.SRP_A,
      timestamp: told.TIMESTAMP,
      signature: told.PASSWORD_CLAIM_SIGNATURE,
      exponents: sizes,
    }),
  );
}
