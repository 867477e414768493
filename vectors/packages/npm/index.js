// Reads the files of v1/, each of which must be what manifest.json says.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(`v1/${name}`, import.meta.url));

export const manifest = JSON.parse(read("manifest.json"));

/** The content of a file, such as load("user-login.json"). */
export function load(name) {
  const bytes = read(name);
  const found = createHash("sha256").update(bytes).digest("hex");
  const wanted = manifest.files[name].sha256;
  if (found !== wanted) {
    throw new Error(`${name} was changed: its SHA-256 is ${found}, expected ${wanted}`);
  }
  return JSON.parse(bytes);
}

/** The tests of a file in one list. */
export const tests = (name) => load(name).testGroups.flatMap((group) => group.tests);
