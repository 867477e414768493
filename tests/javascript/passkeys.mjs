// Plays passkeys_page.mjs in a headless Chromium, with the authenticator that it has for tests.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const bundle = await build({
  entryPoints: ["passkeys_page.mjs"],
  bundle: true,
  write: false,
  logLevel: "error",
});
const files = {
  "/": ["text/html", '<!doctype html><title>Passkeys</title><script src="page.js"></script>'],
  "/page.js": ["text/javascript", bundle.outputFiles[0].text],
};
const server = http.createServer(({ url }, response) => {
  const [type, text] = files[url] ?? [];
  response.writeHead(text === undefined ? 404 : 200, { "Content-Type": type ?? "text/plain" });
  response.end(text);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

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
