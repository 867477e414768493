// The script of a page that signs in with aws-amplify: amplify_scenario.mjs. chromium.mjs serves it.

import { configure, play } from "./amplify_scenario.mjs";

globalThis.playInPage = (scenario) => {
  configure(scenario);
  return play(scenario, () => Object.entries(localStorage));
};
