// Signs in with aws-amplify in a page that a headless Chromium loads over HTTP from another port than
// the pool's, so from another origin. `pageHost` names the page's host, `isPublic` makes the browser
// take the page's server for one on a public address, and `permissions` are what the user has allowed.
//
// Each outcome also has the statuses of the preflights: the OPTIONS by which a browser asks the pool.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { servePage } from "./served_page.mjs";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const server = await servePage("amplify_page.mjs");
const { port } = server.address();
const origin = `http://${scenario.pageHost ?? "127.0.0.1"}:${port}`;

const browser = await chromium.launch({
  executablePath: scenario.browser,
  args: scenario.isPublic ? [`--ip-address-space-overrides=127.0.0.1:${port}=public`] : [],
});
try {
  const context = await browser.newContext();
  await context.grantPermissions(scenario.permissions ?? [], { origin });
  const page = await context.newPage();
  const preflights = [];
  const session = await context.newCDPSession(page);
  session.on("Network.responseReceived", ({ type, response }) => {
    if (type === "Preflight") {
      preflights.push(response.status);
    }
  });
  await session.send("Network.enable");
  await page.goto(`${origin}/`);
  const outcomes = await page.evaluate((given) => globalThis.playInPage(given), scenario);
  console.log(JSON.stringify(outcomes.map((outcome) => ({ ...outcome, preflights }))));
} finally {
  await browser.close();
  server.close();
}
