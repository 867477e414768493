// A checker of the vectors, in plain Node (18 or later).
//
//     node vectors/check.mjs                every test, and the first 25 accumulated exchanges
//     node vectors/check.mjs --all          the accumulated results for 100 and 1000 as well
//     node vectors/check.mjs FOLDER         the files of another folder than v1/
//
// It shares nothing with the generator: N comes from OpenSSL's group modp15, exponentiation uses
// BigInt, and integers become bytes through hexadecimal text. Every value of a valid test must be
// equal. An invalid test must be refused for the reason it names: either the named value cannot be
// read (and nothing else is wrong), or what was sent is wrong and is exactly what the mistake makes
// that the flag names. The mistakes are written again below. An acceptable test that comes out
// otherwise than the project has it is reported, and does not fail.
//
// A request is built from its input by tables of this file. The hash is computed over the user
// name in the written arguments, and the body is written as botocore writes JSON.

import { createHash, createHmac, getDiffieHellman } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";

const CLAIM = "PASSWORD_CLAIM_SIGNATURE";
const N = BigInt("0x" + getDiffieHellman("modp15").getPrime("hex"));

// ------------------------------------------------------------------------------- arithmetic

const mod = (value) => ((value % N) + N) % N;

// Left to right, five bits at a time; for a base of 2 a shift replaces the multiplication.
function power(base, exponent) {
  // Only a mistaken program has a negative one. N is prime, so N - 1 may be added.
  if (exponent < 0n) return power(base, exponent + N - 1n);
  const digits = exponent.toString(32);
  const reduced = mod(base);
  let table;
  if (reduced !== 2n) {
    table = [1n, reduced];
    while (table.length < 32) table.push((table[table.length - 1] * reduced) % N);
  }
  let result = 1n;
  for (const digit of digits) {
    for (let i = 0; i < 5; i += 1) result = (result * result) % N;
    const value = parseInt(digit, 32);
    result = (table ? result * table[value] : result << BigInt(value)) % N;
  }
  return result % N;
}

const kept = new Map();

// Tests that share a login need the same powers of 2 again.
function powerOfTwo(exponent) {
  if (!kept.has(exponent)) kept.set(exponent, power(2n, exponent));
  return kept.get(exponent);
}

// ------------------------------------------------------------------------------- bytes

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const utf8 = (text) => Buffer.from(text, "utf8");
const integer = (bytes) => (bytes.length ? BigInt("0x" + bytes.toString("hex")) : 0n);
const even = (digits) => (digits.length % 2 ? "0" + digits : digits);

// The shortest big-endian bytes of the magnitude, without room for a sign.
const magnitude = (value) => Buffer.from(even(value.toString(16)), "hex");

// Java's BigInteger.toByteArray. The bytes of a negative n are the complement of those of -1 - n.
function pad(value) {
  if (value < 0n) return Buffer.from(pad(-1n - value).map((byte) => 255 - byte));
  const bytes = magnitude(value);
  return bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function atLeast(value, width) {
  const bytes = pad(value);
  return Buffer.concat([Buffer.alloc(Math.max(0, width - bytes.length)), bytes]);
}

// SECRET_BLOCK is decoded by hand, because Node's own decoder has changed between versions. Both
// alphabets are read, up to the first "="; other characters are skipped.
function decodeBlock(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const bytes = [];
  let held = 0;
  let bits = 0;
  for (const letter of text) {
    if (letter === "=") break;
    let value = alphabet.indexOf(letter);
    if (letter === "+" || letter === "-") value = 62;
    if (letter === "/" || letter === "_") value = 63;
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

// ------------------------------------------------------------------------------- reading

class Refused extends Error {
  constructor(name, why) {
    super(`${name}: ${why}`);
    this.wireKey = name;
    this.why = why;
  }
}

// Each reader is strict; "why" is the flag that a test with this fault must carry.
function readHex(name, text, { signed }) {
  if (text.length > 4096) throw new Refused(name, "TooLong");
  if (text === "" || (signed && text === "-")) throw new Refused(name, "Empty");
  if (!signed && /^-[0-9a-f]+$/i.test(text)) throw new Refused(name, "Negative");
  const found = (signed ? /^(-?)([0-9a-fA-F]+)$/ : /^()([0-9a-fA-F]+)$/).exec(text);
  // In some languages a dollar sign also matches before a last newline; in JavaScript it does not.
  if (!found) throw new Refused(name, "Malformed");
  const value = BigInt("0x" + found[2]);
  return found[1] ? -value : value;
}

function readPublic(name, text) {
  const value = readHex(name, text, { signed: false });
  if (value % N === 0n) throw new Refused(name, "ZeroModN");
  if (value > N) throw new Refused(name, "OutOfRange");
  return value;
}

function readSecret(name, text) {
  const value = readHex(name, text, { signed: true });
  if (value < 0n) throw new Refused(name, "ExponentRange");
  return value;
}

function readVerifier(name, text) {
  const value = readHex(name, text, { signed: true });
  if (value <= 0n || value >= N) throw new Refused(name, "VerifierRange");
  return value;
}

function readBlock(text) {
  if (text.length > 131072) throw new Refused("SECRET_BLOCK", "TooLong");
  const bytes = decodeBlock(text);
  if (bytes.length === 0) throw new Refused("SECRET_BLOCK", "Empty");
  return bytes;
}

// What a careless parser reads; used only for the value at fault.
function readCarelessly(text) {
  const plain = text.normalize("NFKC").replace(/[\s_+]/g, "").replace(/^-+/, "-");
  const [, minus, digits] = /^(-?)(?:0x)?([0-9a-f]*)/i.exec(plain);
  const value = digits ? BigInt("0x" + digits) : 0n;
  return minus ? -value : value;
}

function read(input, careless) {
  const hex = (name, member, reader) => {
    if (input[member] === undefined) return undefined;
    return careless === name ? readCarelessly(input[member]) : reader(name, input[member]);
  };
  const secret = (member) => hex(member, member, readSecret);
  // Something in front of the first "_", and something behind it.
  if (input.pool_id !== undefined && !/^[^_]+_./s.test(input.pool_id) && careless !== "pool_id") {
    throw new Refused("pool_id", "PoolIdShape");
  }
  return {
    salt: hex("SALT", "salt", (name, text) => readHex(name, text, { signed: true })),
    A: hex("SRP_A", "srp_a", readPublic),
    B: hex("SRP_B", "srp_b", readPublic),
    block:
      careless === "SECRET_BLOCK" ? decodeBlock(input.secret_block) : readBlock(input.secret_block),
    a: secret("a"),
    b: secret("b"),
    verifier: hex("verifier", "verifier", readVerifier),
  };
}

// ------------------------------------------------------------------------------- the protocol

const INFO = utf8("Caldera Derived Key");
const afterUnderscore = (text) => text.slice(text.indexOf("_") + 1);

// Every step takes the others from c, which computes each once, when it is first used.
const RIGHT = {
  pool: (c) =>
    c.input.kind === "user" ? afterUnderscore(c.input.pool_id) : c.input.device_group_key,
  user: (c) => (c.input.kind === "user" ? c.input.user_id : c.input.device_key),
  password: (c) => (c.input.kind === "user" ? c.input.password : c.input.device_password),
  identity: (c) => utf8(c.pool + c.user + ":" + c.password),
  inner: (c) => sha256(c.identity),
  salt: (c) => pad(c.read.salt),
  forX: (c) => Buffer.concat([c.salt, c.inner]),
  x: (c) => integer(sha256(c.forX)),
  k: () => integer(sha256(pad(N), Buffer.of(2))),
  v: (c) => c.read.verifier ?? powerOfTwo(c.x),
  A: (c) => c.read.A ?? powerOfTwo(c.read.a),
  B: (c) => c.read.B ?? mod(c.k * c.v + powerOfTwo(c.read.b)),
  forU: (c) => Buffer.concat([pad(c.A), pad(c.B)]),
  u: (c) => integer(sha256(c.forU)),
  base: (c) => mod(c.B - c.k * c.v),
  exponent: (c) => c.read.a + c.u * c.x,
  S: (c) =>
    c.read.a === undefined
      ? power(c.A * power(c.v, c.u), c.read.b)
      : power(c.base, c.exponent),
  hkdfSalt: (c) => pad(c.u),
  hkdfInput: (c) => pad(c.S),
  prk: (c) => hmac(c.hkdfSalt, c.hkdfInput),
  key: (c) => hmac(c.prk, INFO, Buffer.of(1)).subarray(0, 16),
  block: (c) => c.read.block,
  timestamp: (c) => c.input.timestamp,
  message: (c) => Buffer.concat([utf8(c.pool + c.user), c.block, utf8(c.timestamp)]),
  claim: (c) => hmac(c.key, c.message),
  signature: (c) => c.claim.toString("base64"),
};

function compute(input, { careless, changes } = {}) {
  const c = { input, read: read(input, careless) };
  for (const [name, step] of Object.entries({ ...RIGHT, ...changes })) {
    Object.defineProperty(c, name, {
      configurable: true,
      get() {
        const value = step(c);
        Object.defineProperty(c, name, { value });
        return value;
      },
    });
  }
  return c;
}

// ------------------------------------------------------------------------------- the bugs

const ALIAS = "alice";
const named = (c, names) => Buffer.concat([utf8(names), c.block, utf8(c.timestamp)]);
const words = (c, change) => {
  const all = c.input.timestamp.split(" ");
  change(all);
  return all.join(" ");
};
const negativeBase = (c) => c.B - ((c.k * c.v) % N);
const absolute = (value) => (value < 0n ? -value : value);

// CESU-8: each UTF-16 unit by itself, in three bytes where it is half of a pair.
// The digits in pairs from the left; one that is left over is lost.
function pairsOf(digits) {
  const bytes = Buffer.from(digits, "hex");
  return bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

// The moment of a login as a Date, and TIMESTAMP of a Date.
const clock = (c) => new Date(c.input.moment);
const shifted = (c, seconds) => timestampOf(Math.floor(clock(c).getTime() / 1000) + seconds);

// The Thursday of a week decides its year.
function weekYear(date) {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  return String(thursday.getUTCFullYear());
}

const unitByUnit = (text) =>
  Buffer.concat(
    text.split("").map((unit) => {
      const code = unit.charCodeAt(0);
      if (code < 0xd800 || code > 0xdfff) return utf8(unit);
      return Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }),
  );

const BUGS = {
  FixedWidthU: { hkdfSalt: (c) => atLeast(c.u, 32) },
  FixedWidthS: { hkdfInput: (c) => atLeast(c.S, 384) },
  FixedWidthPublic: { forU: (c) => Buffer.concat([atLeast(c.A, 384), atLeast(c.B, 384)]) },
  FixedWidthSalt: { salt: (c) => atLeast(c.read.salt, 16) },
  NoSignByteU: { hkdfSalt: (c) => magnitude(c.u) },
  NoSignByteS: { hkdfInput: (c) => magnitude(c.S) },
  NoSignBytePublic: { forU: (c) => Buffer.concat([magnitude(c.A), magnitude(c.B)]) },
  NoSignByteSalt: { salt: (c) => magnitude(c.read.salt) },
  NoSignByteN: { k: () => integer(sha256(magnitude(N), Buffer.of(2))) },
  SaltSignDropped: { salt: (c) => pad(-c.read.salt) },
  SaltMinusAsText: { salt: (c) => Buffer.concat([utf8("-"), pad(-c.read.salt)]) },
  SaltMinusTopBit: {
    salt: (c) => {
      const digits = c.input.salt.slice(1);
      return pad(BigInt("0x" + (parseInt(digits[0], 16) | 8).toString(16) + digits.slice(1)));
    },
  },
  SaltTextAsBytes: { salt: (c) => pairsOf(even(c.input.salt.replace("-", ""))) },
  OddSaltTruncated: { salt: (c) => pad(BigInt("0x" + c.input.salt.slice(0, -1))) },
  SaltAsText: { salt: (c) => utf8(c.input.salt) },
  PublicTextAsBytes: {
    forU: (c) => Buffer.concat([pad(c.A), Buffer.from(c.input.srp_b, "hex")]),
  },
  PaddedG: { k: () => integer(sha256(pad(N), Buffer.alloc(383), Buffer.of(2))) },
  Rfc5054K: { k: () => integer(sha256(magnitude(N), Buffer.alloc(383), Buffer.of(2))) },
  KIsThree: { k: () => 3n },
  SwappedPublic: { forU: (c) => Buffer.concat([pad(c.B), pad(c.A)]) },
  OddPublicTruncated: { forU: (c) => Buffer.concat([pairsOf(c.A.toString(16)), pairsOf(c.B.toString(16))]) },
  OddSTruncated: { hkdfInput: (c) => pairsOf(c.S.toString(16)) },
  NoSignByteAnywhere: {
    salt: (c) => magnitude(c.read.salt),
    k: () => integer(sha256(magnitude(N), Buffer.of(2))),
    forU: (c) => Buffer.concat([magnitude(c.A), magnitude(c.B)]),
    hkdfSalt: (c) => magnitude(c.u),
    hkdfInput: (c) => magnitude(c.S),
  },
  PublicAsText: { forU: (c) => utf8(c.A.toString(16) + c.B.toString(16)) },
  KvMissing: { base: (c) => c.B },
  UxMissing: { exponent: (c) => c.read.a },
  ShortU: { u: (c) => integer(sha256(c.forU).subarray(0, 4)) },
  BaseSignDropped: { base: (c) => absolute(negativeBase(c)) },
  BaseNotReduced: {
    S: (c) => {
      const lost = negativeBase(c) < 0n && c.exponent % 2n === 1n;
      const size = power(absolute(negativeBase(c)), c.exponent);
      return lost ? -size : size;
    },
  },
  ExponentModN: { exponent: (c) => RIGHT.exponent(c) % N },
  ColonMissing: { identity: (c) => utf8(c.pool + c.user + c.password) },
  PoolNameMissing: { identity: (c) => utf8(c.user + ":" + c.password) },
  WholePoolIdInX: { identity: (c) => utf8(c.input.pool_id + c.user + ":" + c.password) },
  WholePoolIdInMessage: { message: (c) => named(c, c.input.pool_id + c.user) },
  RegionKept: { pool: (c) => c.input.pool_id },
  UserNameForUserId: { user: () => ALIAS },
  UserNameInX: { identity: (c) => utf8(c.pool + ALIAS + ":" + c.password) },
  UserNameInMessage: { message: (c) => named(c, c.pool + ALIAS) },
  InnerHashMissing: { inner: (c) => c.identity },
  InnerHashHex: { inner: (c) => utf8(sha256(c.identity).toString("hex")) },
  SaltBehind: { forX: (c) => Buffer.concat([c.inner, c.salt]) },
  ComposedPassword: { password: (c) => c.input.password.normalize("NFC") },
  DecomposedPassword: { password: (c) => c.input.password.normalize("NFD") },
  CompatiblePassword: { password: (c) => c.input.password.normalize("NFKC") },
  TrimmedPassword: { password: (c) => c.input.password.trim() },
  Latin1Password: {
    identity: (c) =>
      Buffer.concat([utf8(c.pool + c.user + ":"), Buffer.from(c.password, "latin1")]),
  },
  SurrogatesApart: {
    identity: (c) => Buffer.concat([utf8(c.pool + c.user + ":"), unitByUnit(c.password)]),
  },
  CutAtNul: { password: (c) => c.input.password.split("\0")[0] },
  NewlineInPassword: { password: (c) => c.input.password + "\n" },
  LowerCaseUser: { user: (c) => c.input.user_id.toLowerCase() },
  CounterMissing: { key: (c) => hmac(c.prk, INFO).subarray(0, 16) },
  CounterZero: { key: (c) => hmac(c.prk, INFO, Buffer.of(0)).subarray(0, 16) },
  LongKey: { key: (c) => hmac(c.prk, INFO, Buffer.of(1)) },
  SwappedHkdf: { prk: (c) => hmac(c.hkdfInput, c.hkdfSalt) },
  HkdfSaltMissing: { hkdfSalt: () => Buffer.alloc(0) },
  ExtractMissing: { prk: (c) => c.hkdfInput },
  HashedSecret: { key: (c) => sha256(c.hkdfInput) },
  KeyAsText: { key: (c) => utf8(RIGHT.key(c).toString("base64")) },
  KeyAsHex: { key: (c) => utf8(RIGHT.key(c).toString("hex")) },
  SAsText: { hkdfInput: (c) => utf8(c.S.toString(16)) },
  InfoWithNul: { key: (c) => hmac(c.prk, INFO, Buffer.of(0, 1)).subarray(0, 16) },
  BlockReadAsUtf8: { block: (c) => utf8(c.read.block.toString("utf8")) },
  BlockReadAsLatin1: { block: (c) => utf8(c.read.block.toString("latin1")) },
  TimestampBeforeBlock: {
    message: (c) => Buffer.concat([utf8(c.pool + c.user), utf8(c.timestamp), c.block]),
  },
  MessageHashed: { message: (c) => sha256(RIGHT.message(c)) },
  SecretBlockAsText: { block: (c) => utf8(c.input.secret_block) },
  DashesSkipped: { block: (c) => decodeBlock(c.input.secret_block.replace(/[-_]/g, "")) },
  SecretBlockMissing: { block: () => Buffer.alloc(0) },
  TimestampMissing: { timestamp: () => "" },
  DayZeroPadded: { timestamp: (c) => words(c, (all) => (all[2] = all[2].padStart(2, "0"))) },
  DaySpacePadded: { timestamp: (c) => words(c, (all) => (all[2] = all[2].padStart(2, " "))) },
  TwelveHours: {
    timestamp: (c) =>
      words(c, (all) => {
        const [hour, ...rest] = all[3].split(":");
        all[3] = [String(Number(hour) % 12 || 12).padStart(2, "0"), ...rest].join(":");
      }),
  },
  HourTwentyFour: { timestamp: (c) => c.input.timestamp.replace(" 00:", " 24:") },
  WeekdayShifted: {
    timestamp: (c) => shifted(c, 86400).slice(0, 3) + c.input.timestamp.slice(3),
  },
  OtherLanguage: {
    timestamp: (c) => {
      const name = (options) =>
        new Intl.DateTimeFormat("de", { ...options, timeZone: "UTC" }).format(clock(c));
      return words(c, (all) => {
        all[0] = name({ weekday: "short" });
        // In German some months are cut to four letters or more: only the first three here.
        all[1] = name({ month: "long" }).slice(0, 3);
      });
    },
  },
  LocalTime: { timestamp: (c) => shifted(c, 3600) },
  ZoneName: { timestamp: (c) => c.input.timestamp.replace("UTC", "GMT") },
  IsoTime: { timestamp: (c) => clock(c).toISOString().replace(".000", "") },
  EpochTime: { timestamp: (c) => String(clock(c).getTime() / 1000) },
  WeekYear: { timestamp: (c) => c.input.timestamp.slice(0, -4) + weekYear(clock(c)) },
  UrlSafeSignature: { signature: (c) => c.claim.toString("base64url") + "=" },
  UnpaddedSignature: { signature: (c) => RIGHT.signature(c).replace("=", "") },
  SignatureWithNewline: { signature: (c) => RIGHT.signature(c) + "\n" },
  HexSignature: { signature: (c) => c.claim.toString("hex") },
  EmptySignature: { signature: () => "" },
  TruncatedSignature: { claim: (c) => RIGHT.claim(c).subarray(0, 16) },
  FlippedBit: {
    claim: (c) => {
      const claim = Buffer.from(RIGHT.claim(c));
      claim[31] ^= 1;
      return claim;
    },
  },
  ZeroSignature: { claim: () => Buffer.alloc(32) },
  UserPasswordForDevice: { password: () => "correct horse battery staple" },
  DeviceGroupKeyCut: { pool: (c) => afterUnderscore(c.input.device_group_key) },
  DeviceGroupKeyStripped: { pool: (c) => c.input.device_group_key.replace(/^-/, "") },
  DeviceKeyCut: { user: (c) => afterUnderscore(c.input.device_key) },
  DevicePoolName: { pool: () => "Vq3ZtW8xK" },
  DeviceNamesInXOnly: { message: (c) => named(c, "Vq3ZtW8xK" + ALIAS) },
};

// ------------------------------------------------------------------------------- the checks

function demand(condition, message) {
  if (!condition) throw new Error(message);
}

function same(name, computed, written) {
  const short = (text) => (text?.length > 50 ? text.slice(0, 47) + "..." : text);
  demand(computed === written, `${name} is ${short(written)}, computed ${short(computed)}`);
}

function checkValues(input, expected) {
  const c = compute(input);
  const values = {
    u: c.u.toString(16),
    s: c.S.toString(16),
    key: c.key.toString("hex"),
    signature: c.signature,
    srp_a: c.A.toString(16),
    srp_b: c.B.toString(16),
    verifier: c.v.toString(16),
  };
  if ((input.password ?? input.device_password) !== undefined) values.x = c.x.toString(16);
  const list = (object) => Object.keys(object).sort().join();
  same("the list of values", list(values), list(expected));
  for (const [name, value] of Object.entries(values)) same(name, value, expected[name]);
}

function checkRefusal(test) {
  const [flag] = test.flags;
  let refusal;
  try {
    compute(test.input);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusal = error;
  }
  demand(refusal, `${test.refused} was not refused`);
  same("refused", refusal.wireKey, test.refused);
  same("the reason", refusal.why, flag);
  // Nothing else may be wrong: if the value is read carelessly, the signature is right.
  const careless = compute(test.input, { careless: test.refused });
  same("the signature after careless reading", careless.signature, test.input.signature);
}

// The bytes of a signature in any spelling.
function decodeSignature(text) {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  const bytes = decodeBlock(text);
  return bytes.length === 64 ? Buffer.from(bytes.toString("latin1"), "hex") : bytes;
}

function checkClaim(test) {
  const [flag] = test.flags;
  if (flag === "SignatureSpelling") {
    const { claim, signature } = compute(test.input);
    demand(signature !== test.input.signature, "it is spelled as it should be");
    demand(claim.equals(decodeSignature(test.input.signature)), "the bytes are wrong");
    return;
  }
  demand(BUGS[flag], `unknown bug: ${flag}`);
  demand(compute(test.input).signature !== test.input.signature, "the signature is the right one");
  const bugged = compute(test.input, { changes: BUGS[flag] });
  same(`the signature of ${flag}`, bugged.signature, test.input.signature);
}

function checkLogin(test) {
  if (test.expected) checkValues(test.input, test.expected);
  else if (test.refused === CLAIM) checkClaim(test);
  else checkRefusal(test);
}

// The result, and which members follow from it.
function checkShape(test, notes) {
  demand(test.flags.length > 0, "no flags");
  for (const flag of test.flags) demand(notes[flag], `no note for the flag ${flag}`);
  demand(["valid", "acceptable", "invalid"].includes(test.result), `result is ${test.result}`);
  demand((test.result === "acceptable") === Boolean(test.reason), "a reason is for acceptable");
  demand(Boolean(test.expected) !== Boolean(test.refused), "expected or refused, and not both");
  if (test.result === "valid") demand(test.expected, "a valid test has expected values");
  if (test.result === "invalid") demand(test.refused, "an invalid test says what is refused");
}

// ------------------------------------------------------------------------------- single values

const deviceConfig = (verifier, salt) => ({
  PasswordVerifier: pad(verifier).toString("base64"),
  Salt: pad(salt).toString("base64"),
});

function device(input, salt = pad(BigInt("0x" + input.salt))) {
  const names = input.device_group_key + input.device_key + ":" + input.device_password;
  const x = integer(sha256(salt, sha256(utf8(names))));
  return { x, v: powerOfTwo(x), salt: BigInt("0x" + input.salt) };
}

// What a program with the mistake makes of the right x, v and salt.
const REGISTERED = {
  RegisteredNoSign: (value) => magnitude(value).toString("base64"),
  RegisteredHex: (value) => value.toString(16),
  RegisteredHexInBase64: (value) => Buffer.from(value.toString(16)).toString("base64"),
  RegisteredUrlSafe: (value) => pad(value).toString("base64url"),
  RegisteredReversed: (value) => Buffer.from(pad(value)).reverse().toString("base64"),
};

function checkRegistration(test) {
  const { input, expected, flags } = test;
  const { x, v, salt } = device(input);
  const right = deviceConfig(v, salt);
  if (expected) {
    const made = { x: x.toString(16), verifier: v.toString(16), ...right };
    demand(isDeepStrictEqual(made, expected), "x, the verifier or their spelling differ");
    return;
  }
  const sent = { PasswordVerifier: input.PasswordVerifier, Salt: input.Salt };
  demand(sent.PasswordVerifier !== right.PasswordVerifier, "it is the right one");
  const [flag] = flags;
  let made;
  if (flag === "RegisteredX") made = deviceConfig(x, salt);
  else if (flag === "RegisteredSaltText") {
    made = deviceConfig(device(input, utf8(right.Salt)).v, salt);
  } else made = { PasswordVerifier: REGISTERED[flag](v), Salt: REGISTERED[flag](salt) };
  demand(isDeepStrictEqual(sent, made), `it is not what ${flag} makes`);
}

const HASHES = {
  HashOfOtherName: { name: () => ALIAS },
  HashLowerCase: { name: (name) => name.toLowerCase() },
  HashTrimmed: { name: (name) => name.trim() },
  HashComposed: { name: (name) => name.normalize("NFC") },
  HashLatin1: { bytes: (name, id) => Buffer.from(name + id, "latin1") },
  HashIdMissing: { bytes: (name) => utf8(name) },
  HashIdFirst: { bytes: (name, id) => utf8(id + name) },
  HashPoolId: { bytes: (name) => utf8(name + "eu-central-1_Vq3ZtW8xK") },
  HashSeparator: { bytes: (name, id) => utf8(name + ":" + id) },
  HashKeyIsId: {
    digest: ({ username, client_id: id, client_secret: secret }) =>
      hmac(utf8(id), utf8(username + secret)),
  },
  HashSecretDecoded: { key: (secret) => decodeBlock(secret) },
  HashNewlineInSecret: { key: (secret) => utf8(secret + "\n") },
  HashNotHmac: {
    digest: ({ username, client_id: id, client_secret: secret }) =>
      sha256(utf8(secret + username + id)),
  },
  HashHex: { write: (digest) => digest.toString("hex") },
};

function secretHash(input, changes = {}) {
  const { username, client_id: id, client_secret: secret } = input;
  const name = changes.name ? changes.name(username) : username;
  const text = changes.bytes ? changes.bytes(name, id) : utf8(name + id);
  const key = changes.key ? changes.key(secret) : utf8(secret);
  const digest = changes.digest ? changes.digest(input) : hmac(key, text);
  return changes.write ? changes.write(digest) : digest.toString("base64");
}

function checkSecretHash({ input, expected, flags: [flag] }) {
  if (expected) same("secret_hash", secretHash(input), expected.secret_hash);
  else {
    demand(secretHash(input) !== input.secret_hash, "it is the right one");
    same(`the hash of ${flag}`, secretHash(input, HASHES[flag]), input.secret_hash);
  }
}

function checkTimestamp({ input, expected, flags: [flag] }) {
  const milliseconds = new Date(input.moment).getTime();
  demand(milliseconds === input.milliseconds, "the moment is not the number of milliseconds");
  const right = timestampOf(Math.floor(milliseconds / 1000));
  if (expected) {
    same("timestamp", right, expected.timestamp);
    return;
  }
  demand(right !== input.timestamp, "it is the right one");
  if (flag === "FractionRounded") {
    same("rounded", timestampOf(Math.round(milliseconds / 1000)), input.timestamp);
    return;
  }
  const c = { input: { moment: input.moment, timestamp: right } };
  same(`the text of ${flag}`, BUGS[flag].timestamp(c), input.timestamp);
}

function checkSharedSecret({ input, expected }) {
  const value = (name) => BigInt("0x" + input[name]);
  const u = value("u");
  const k = RIGHT.k();
  const S =
    input.side === "client"
      ? power(mod(value("srp_b") - k * powerOfTwo(value("x"))), value("a") + u * value("x"))
      : power(value("srp_a") * power(value("verifier"), u), value("b"));
  const key = RIGHT.key({ prk: hmac(pad(u), pad(S)) }).toString("hex");
  if (expected) {
    same("s", S.toString(16), expected.s);
    same("key", key, expected.key);
  } else {
    demand(u === 0n, "u is not 0");
    same("the key without the check", key, input.key);
  }
}

// ------------------------------------------------------------------------------- accumulated

// Reads the stream as the description in accumulated.json says.
class Stream {
  constructor(seed) {
    this.seed = seed;
    this.counter = 0;
    this.held = Buffer.alloc(0);
  }
  bytes(n) {
    while (this.held.length < n) {
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(this.counter);
      this.held = Buffer.concat([this.held, sha256(utf8(this.seed), counter)]);
      this.counter += 1;
    }
    const taken = this.held.subarray(0, n);
    this.held = this.held.subarray(n);
    return taken;
  }
  byte() {
    return this.bytes(1)[0];
  }
  integer(n) {
    return integer(this.bytes(n));
  }
  letters(max, alphabet) {
    const n = 1 + (this.byte() % max);
    return Array.from({ length: n }, () => alphabet[this.byte() % alphabet.length]).join("");
  }
  text() {
    const n = 1 + (this.byte() % 24);
    return Array.from({ length: n }, () => {
      const w = this.bytes(2).readUInt16BE();
      const m = w >> 3;
      const points = [0xc0 + (m % 64), 0x300 + (m % 112), 0x4e00 + m, 0x1f600 + (m % 80)];
      return String.fromCodePoint(w % 8 < 4 ? 0x21 + (m % 94) : points[(w % 8) - 4]);
    }).join("");
  }
}

function timestampOf(seconds) {
  // "Tue, 05 Sep 2017 07:00:09 GMT"
  const [weekday, day, month, year, clock] = new Date(seconds * 1000).toUTCString().split(" ");
  return `${weekday.slice(0, 3)} ${month} ${Number(day)} ${clock} UTC ${year}`;
}

function nextExchange(stream, index) {
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const input = {};
  if (index % 2 === 0) {
    input.kind = "user";
    input.pool_id = "us-east-1_" + stream.letters(9, letters);
    input.user_id = stream.text();
    input.password = stream.text();
  } else {
    input.kind = "device";
    input.device_group_key = stream.letters(16, letters + "-_");
    const hex = stream.bytes(16).toString("hex");
    const dashed = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    input.device_key = "us-east-1_" + dashed;
    input.device_password = stream.bytes(40).toString("base64");
  }
  input.salt = stream.integer(1 + (stream.byte() % 17)).toString(16);
  input.a = stream.integer(32).toString(16);
  const b = stream.integer(32).toString(16);
  input.secret_block = stream.bytes(1 + (stream.byte() % 64)).toString("base64");
  const seconds = stream.bytes(4).readUInt32BE();
  input.moment = new Date(seconds * 1000).toISOString().replace(".000", "");
  input.timestamp = timestampOf(seconds);
  const v = powerOfTwo(compute(input).x);
  const server = compute({ ...input, a: undefined, srp_a: "1", b, verifier: v.toString(16) });
  input.srp_b = server.B.toString(16);
  return input;
}

function checkAccumulated(file, most, report) {
  const wanted = file.results.filter((result) => result.exchanges <= most);
  const stream = new Stream(file.seed);
  const running = createHash("sha256");
  for (let index = 0; index < wanted[wanted.length - 1].exchanges; index += 1) {
    const input = nextExchange(stream, index);
    running.update(compute(input).signature + "\n");
    const sample = file.samples[index];
    if (sample) {
      report(`sample ${index}`, () => {
        for (const name of new Set([...Object.keys(input), ...Object.keys(sample.input)])) {
          same(name, input[name], sample.input[name]);
        }
        checkValues(sample.input, sample.expected);
      });
    }
    for (const result of wanted) {
      if (result.exchanges === index + 1) {
        report(`${index + 1} exchanges`, () =>
          same("the hash", running.copy().digest("hex"), result.sha256),
        );
      }
    }
  }
}

// ------------------------------------------------------------------------------- requests

// The names of values in the input and on the wire.
const CODES = {
  SMS_MFA: "SMS_MFA_CODE",
  EMAIL_OTP: "EMAIL_OTP_CODE",
  SMS_OTP: "SMS_OTP_CODE",
  SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
};
const PARAMETERS = {
  username: "USERNAME",
  choice: "ANSWER",
  answer: "ANSWER",
  secret_block: "PASSWORD_CLAIM_SECRET_BLOCK",
  signature: "PASSWORD_CLAIM_SIGNATURE",
  timestamp: "TIMESTAMP",
  email: "EMAIL",
  preferred_challenge: "PREFERRED_CHALLENGE",
  refresh_token: "REFRESH_TOKEN",
  new_password: "NEW_PASSWORD",
  srp_a: "SRP_A",
  password: "PASSWORD",
  credential: "CREDENTIAL",
  device_key: "DEVICE_KEY",
  access_token: "ACCESS_TOKEN",
};
const MEMBERS = {
  client_id: "ClientId",
  username: "Username",
  code: "ConfirmationCode",
  password: "Password",
  new_password: "Password",
  force_alias_creation: "ForceAliasCreation",
  session: "Session",
};
const REFRESH_TOKENS = {
  client_id: "ClientId",
  client_secret: "ClientSecret",
  device_key: "DeviceKey",
  client_metadata: "ClientMetadata",
  revoke_associated_sessions: "RevokeAssociatedSessions",
};
const POSSESSIONS = {
  code: "UserCode",
  access_token: "AccessToken",
  session: "Session",
  device_key: "DeviceKey",
  device_name: "DeviceName",
  friendly_device_name: "FriendlyDeviceName",
};

// The values that are present, under the names of a table.
const renamed = (input, table) =>
  Object.fromEntries(
    Object.entries(table)
      .filter(([member]) => input[member] !== undefined)
      .map(([member, name]) => [name, input[member]]),
  );

const pairs = (texts, name, value) =>
  Object.entries(texts).map(([key, text]) => ({ [name]: key, [value]: text }));

function addContext(input, built) {
  const { analytics_endpoint_id: endpoint, client_metadata: metadata, admin } = input;
  if (endpoint !== undefined) built.AnalyticsMetadata = { AnalyticsEndpointId: endpoint };
  if (metadata !== undefined) built.ClientMetadata = metadata;
  const user = renamed(input, { ip_address: "IpAddress", encoded_data: "EncodedData" });
  if (admin) {
    built.UserPoolId = admin.pool_id;
    if (admin.server_name === undefined) return;
    built.ContextData = {
      ...user,
      ServerName: admin.server_name,
      ServerPath: admin.server_path,
      HttpHeaders: pairs(admin.http_headers, "headerName", "headerValue"),
    };
  } else if (Object.keys(user).length) built.UserContextData = user;
}

// Each returns the operation, the arguments without the hash, the name of the member that the hash
// belongs in, and the hash's name there.
const BUILD = {
  Answer(input) {
    const responses = renamed(input, PARAMETERS);
    if (input.code !== undefined) responses[CODES[input.challenge]] = input.code;
    for (const [name, value] of Object.entries(input.attributes ?? {})) {
      responses["userAttributes." + name] = value;
    }
    Object.assign(responses, input.others);
    const built = {
      ...renamed(input, { client_id: "ClientId", session: "Session" }),
      ChallengeName: input.challenge,
      ChallengeResponses: responses,
    };
    addContext(input, built);
    const operation = (input.admin ? "Admin" : "") + "RespondToAuthChallenge";
    return [operation, built, "ChallengeResponses", "SECRET_HASH"];
  },
  Beginning(input) {
    const parameters = renamed(input, PARAMETERS);
    if (input.flow === "CUSTOM_AUTH" && input.srp_a) parameters.CHALLENGE_NAME = "SRP_A";
    if (input.flow === "REFRESH_TOKEN_AUTH") delete parameters.USERNAME;
    const { target_acr_values: levels, max_age: seconds } = input;
    if (levels !== undefined) parameters.TARGET_ACR_VALUES = levels.join(" ");
    if (seconds !== undefined) parameters.MAX_AGE = String(seconds);
    const built = {
      ...renamed(input, { client_id: "ClientId", session: "Session" }),
      AuthFlow: input.flow,
      AuthParameters: parameters,
    };
    addContext(input, built);
    const operation = (input.admin ? "Admin" : "") + "InitiateAuth";
    return [operation, built, "AuthParameters", "SECRET_HASH"];
  },
  Account(input) {
    const built = renamed(input, MEMBERS);
    const { attributes, validation_data: validation } = input;
    if (attributes) built.UserAttributes = pairs(attributes, "Name", "Value");
    if (validation) built.ValidationData = pairs(validation, "Name", "Value");
    addContext(input, built);
    return [input.operation, built, "", "SecretHash"];
  },
  RefreshToken(input) {
    const token = input.operation === "RevokeToken" ? "Token" : "RefreshToken";
    return [input.operation, renamed(input, { ...REFRESH_TOKENS, refresh_token: token })];
  },
  Possession(input) {
    const built = renamed(input, POSSESSIONS);
    const base64 = (digits) => pad(BigInt("0x" + digits)).toString("base64");
    if (input.operation === "ConfirmDevice") {
      built.DeviceSecretVerifierConfig = {
        PasswordVerifier: base64(input.verifier),
        Salt: base64(input.salt),
      };
    }
    if (input.remembered !== undefined) {
      built.DeviceRememberedStatus = input.remembered ? "remembered" : "not_remembered";
    }
    return [input.operation, built];
  },
};

// JSON as botocore writes it: Python's json.dumps, with spaces, and with escapes after "~".
function spelled(value) {
  if (Array.isArray(value)) return "[" + value.map(spelled).join(", ") + "]";
  if (typeof value === "object") {
    const members = Object.entries(value).map(([name, it]) => spelled(name) + ": " + spelled(it));
    return "{" + members.join(", ") + "}";
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function checkHash(input, holder, name) {
  const written = holder[name];
  if (input.client_secret === undefined) {
    demand(written === undefined, `${name} is sent though there is no secret`);
    return;
  }
  // Over the name in the written arguments; only REFRESH_TOKEN_AUTH has no name there.
  const named = holder.USERNAME ?? holder.Username;
  demand((named === undefined) === (input.flow === "REFRESH_TOKEN_AUTH"), "no name to hash");
  const message = utf8((named ?? input.username) + input.client_id);
  same(name, hmac(utf8(input.client_secret), message).toString("base64"), written);
}

function checkRequest(type, { input, expected }) {
  const [operation, built, place, hashName] = BUILD[type](input);
  same("operation", operation, expected.operation);
  const headers = {
    "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    "Content-Type": "application/x-amz-json-1.1",
  };
  demand(isDeepStrictEqual(headers, expected.headers), "the headers differ");
  if (hashName) {
    const holder = place ? expected.arguments[place] : expected.arguments;
    checkHash(input, holder, hashName);
    // The hash is right, so copy it into what was built.
    if (input.client_secret !== undefined) {
      (place ? built[place] : built)[hashName] = holder[hashName];
    }
  }
  demand(isDeepStrictEqual(built, expected.arguments), "the arguments differ");
  demand(isDeepStrictEqual(JSON.parse(expected.body), expected.arguments), "the body differs");
  same("body", spelled(expected.arguments), expected.body);
}

function checkEncodedData({ input, expected }) {
  const version = "ANDROID20171114";
  const payload = {
    contextData: input.context_data,
    username: input.username,
    userPoolId: input.pool_id,
    timestamp: String(input.milliseconds),
  };
  same("payload", JSON.stringify(payload), expected.payload);
  const signature = hmac(utf8(input.client_id), utf8(version + expected.payload));
  same("signature", signature.toString("base64"), expected.signature);
  const whole = { payload: expected.payload, signature: expected.signature, version };
  same("EncodedData", utf8(JSON.stringify(whole)).toString("base64"), expected.encoded_data);
}

// ------------------------------------------------------------------------------- all of it

const arguments_ = process.argv.slice(2);
const given = arguments_.find((argument) => !argument.startsWith("--"));
const FOLDER = given ? pathToFileURL(resolve(given) + "/") : new URL("v1/", import.meta.url);
let passed = 0;
let failed = 0;
let otherwise = 0;

// A sentence instead of a failed test: the files themselves cannot be used.
function unusable(sentence) {
  console.error(sentence);
  process.exit(2);
}

function bytesOf(name) {
  try {
    return readFileSync(new URL(name, FOLDER));
  } catch (error) {
    return unusable(`${name} cannot be read: ${error.code}`);
  }
}

function parsed(name, bytes) {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return unusable(`${name} is cut or damaged: it is not JSON`);
  }
}

const manifest = parsed("manifest.json", bytesOf("manifest.json"));
if (manifest.suite !== "cognito-srp-vectors" || !/^1\.\d+\.\d+$/.test(manifest.version)) {
  unusable(`manifest.json has version ${manifest.version}, expected version 1 of these vectors`);
}

// Every file that is listed is there, to the last byte.
const files = new Map();
for (const [name, about] of Object.entries(manifest.files)) {
  const bytes = bytesOf(name);
  const found = sha256(bytes).toString("hex");
  if (found !== about.sha256) {
    const { version } = parsed(name, bytes);
    if (version !== undefined && version !== manifest.version) {
      unusable(`${name} has version ${version}, expected ${manifest.version}`);
    }
    unusable(`${name} was changed: its SHA-256 is ${found}, expected ${about.sha256}`);
  }
  files.set(name, parsed(name, bytes));
}

// Runs the checks of one heading. Prints one line for them, and one for each failure.
function section(heading, run) {
  let good = 0;
  const failures = [];
  run((name, check) => {
    try {
      check();
      good += 1;
    } catch (error) {
      failures.push(`    ${name}: ${error.message}`);
    }
  });
  console.log(`${heading} ${good} passed, ${failures.length} failed`);
  for (const line of failures) console.log(line);
  passed += good;
  failed += failures.length;
}

// An acceptable test that comes out otherwise is reported; every other one fails.
function reported(test, check) {
  try {
    check();
  } catch (error) {
    if (test.result !== "acceptable") throw error;
    otherwise += 1;
    console.log(`  acceptable: ${test.id} (${test.comment}): ${error.message}`);
  }
}

const CHECKS = {
  UserLogin: checkLogin,
  DeviceLogin: checkLogin,
  UserVerification: checkLogin,
  DeviceVerification: checkLogin,
  SharedSecret: checkSharedSecret,
  Timestamp: checkTimestamp,
  SecretHash: checkSecretHash,
  DeviceRegistration: checkRegistration,
  EncodedData: checkEncodedData,
};
for (const type of Object.keys(BUILD)) CHECKS[type] = (test) => checkRequest(type, test);

// Every test of a file, then the file as a whole.
function checkFile(name, file) {
  const tests = file.testGroups.flatMap((group) => group.tests);
  for (const group of file.testGroups) {
    section(`${group.type}: ${group.comment}`, (report) => {
      for (const test of group.tests) {
        report(`${test.id} (${test.comment})`, () => {
          checkShape(test, file.notes);
          reported(test, () => CHECKS[group.type](test));
        });
      }
    });
  }
  section(`${name} as a whole.`, (report) => {
    report("numberOfTests", () => same("the number", `${tests.length}`, `${file.numberOfTests}`));
    report("ids", () => {
      const known = files.get("ids.json").ids;
      demand(new Set(tests.map((test) => test.id)).size === tests.length, "an id is there twice");
      for (const { id } of tests) demand(known[id], `${id} is not in ids.json`);
    });
    report("notes", () => {
      const all = tests.flatMap((test) => test.flags);
      const unused = Object.keys(file.notes).filter((flag) => !all.includes(flag));
      demand(unused.length === 0, `flags that no test has: ${unused}`);
    });
  });
}

for (const [name, file] of files) if (file.testGroups) checkFile(name, file);
section("Accumulated.", (report) => {
  const most = arguments_.includes("--all") ? 1000 : 25;
  checkAccumulated(files.get("accumulated.json"), most, report);
});
const last = otherwise ? `, ${otherwise} acceptable tests came out otherwise` : "";
console.log(`${passed} passed, ${failed} failed${last}`);
process.exitCode = failed ? 1 : 0;
