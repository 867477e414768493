// Plays passkeys_page.mjs in a headless Chromium, with the authenticator that it has for tests.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { servePage } from "./served_page.mjs";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const server = await servePage("passkeys_page.mjs");

const browser = await chromium.launch({ executablePath: scenario.browser });
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: scenario.transport,
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  await session.send("WebAuthn.addVirtualAuthenticator", { options });
  await page.goto(`http://localhost:${server.address().port}/`);
  const outcome = await page.evaluate((given) => globalThis.playInPage(given), scenario);
  console.log(JSON.stringify(outcome));
} finally {
  await browser.close();
  server.close();
}
