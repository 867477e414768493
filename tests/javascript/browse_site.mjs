// Reads the built site in a headless Chromium, as docs/test_site.py asks: every page at the width of a
// telephone, every link of the start page, and the search. Prints what came, as JSON.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { url, browser: executablePath, pages, words } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const found = { wide: [], errors: [], clicked: {}, search: {} };
try {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  page.on("pageerror", (error) => found.errors.push(`${page.url()}: ${error.message}`));
  page.on("requestfailed", (request) => {
    // The search fetches the pages that it found, and stops when a result is clicked.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      found.errors.push(`${request.url()} failed`);
    }
  });
  page.on("response", (reply) => {
    if (reply.status() >= 400) {
      found.errors.push(`${reply.url()}: ${reply.status()}`);
    }
  });
  for (const name of pages) {
    await page.goto(url + name);
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      found.wide.push(name);
    }
  }

  await page.setViewportSize({ width: 1400, height: 900 });
  await page.goto(`${url}index.html`);
  const links = page.locator("article table a");
  for (let at = 0; at < (await links.count()); at += 1) {
    const text = await links.nth(at).innerText();
    await links.nth(at).click();
    await page.waitForLoadState();
    found.clicked[text] = await page.locator("h1").first().innerText();
    await page.goBack();
  }

  for (const word of words) {
    await page.goto(`${url}index.html`);
    await page.locator("input[name=q]").fill(word);
    await page.keyboard.press("Enter");
    const results = page.locator("ul.search li a");
    await results.first().waitFor();
    await page.waitForFunction(() => !document.querySelector("#search-progress")?.innerText);
    found.search[word] = await results.allInnerTexts();
    await results.first().click();
    await page.waitForLoadState();
    if (!(await page.locator("article").innerText()).includes(word)) {
      found.errors.push(`${page.url()} was found for ${word} and does not have it`);
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
