// A test of npm's cognito-srp-helper with the valid logins: node --test example.test.mjs

import assert from "node:assert";
import { test } from "node:test";
import { createSrpSession, signSrpSession } from "cognito-srp-helper";
import { tests } from "cognito-srp-vectors";

for (const { id, comment, result, input, expected } of tests("user-login.json")) {
  test(`${id} ${comment}`, { skip: result !== "valid" }, () => {
    const { user_id: user, password, pool_id: pool, timestamp, a } = input;
    const session = { ...createSrpSession(user, password, pool, false), timestamp };
    Object.assign(session, { smallA: a, largeA: expected.srp_a });
    const { salt: SALT, srp_b: SRP_B, secret_block: SECRET_BLOCK } = input;
    const ChallengeParameters = { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP: user };
    const signed = signSrpSession(session, { ChallengeParameters });
    assert.equal(signed.passwordSignature, expected.signature);
  });
}
