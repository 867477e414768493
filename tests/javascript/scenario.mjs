// What the programs of this folder share: a scenario comes in as JSON on standard input, and what
// happened goes out as JSON on standard output. Two sign-ins in one process share a device.

/**
 * Sign in with each password in turn. `signIn` writes into the outcome what it was asked for, and the
 * tokens; what it throws is written there as well.
 */
export async function played(scenario, signIn) {
  const outcomes = [];
  for (const password of scenario.passwords) {
    const outcome = { asked: [] };
    try {
      await signIn(password, outcome);
    } catch ({ name, message }) {
      outcome.error = { name, message };
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

/** A user's attributes, as GetUser answers them, by name. */
export function byName(attributes) {
  return Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
}
