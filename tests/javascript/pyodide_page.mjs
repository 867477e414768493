// Signs in on the page of examples/browser/ in a headless Chromium: it loads Pyodide from node_modules
// and the wheel, over HTTP. Reports what the page showed, and what it asked.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { chromium } from "playwright-core";

const scenario = JSON.parse(readFileSync(0, "utf8"));
const types = { html: "text/html", mjs: "text/javascript", wasm: "application/wasm" };

function read(path) {
  if (path === "/settings.json") {
    const { poolId, clientId, endpoint } = scenario;
    return JSON.stringify({ poolId, clientId, url: endpoint });
  }
  if (path === "/srp_cognito.whl") return readFileSync(scenario.wheel);
  if (path.startsWith("/pyodide/")) return readFileSync(`node_modules${path}`);
  return readFileSync(`../../examples/browser/${path === "/" ? "index.html" : path.slice(1)}`);
}

const server = http.createServer(({ url }, response) => {
  try {
    const content = read(url);
    const type = types[url === "/" ? "html" : url.split(".").at(-1)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const browser = await chromium.launch({ executablePath: scenario.browser });
try {
  const page = await browser.newPage();
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    dialog.accept(scenario.answers[asked.length - 1] ?? "");
  });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const button = page.locator("button:enabled");
  const shown = [];
  for (const password of scenario.passwords) {
    await page.locator("[name=username]").fill(scenario.username);
    await page.locator("[name=password]").fill(password);
    await page.locator("output").evaluate((output) => (output.value = ""));
    await button.click({ timeout: 60_000 });
    shown.push(await page.locator("output:not(:empty)").textContent({ timeout: 60_000 }));
  }
  console.log(JSON.stringify({ shown, asked, problems }));
} finally {
  await browser.close();
  server.close();
}
