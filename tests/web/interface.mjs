// The web interface as people use it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { openPage, PICTURES } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page on which somebody of the demonstration has signed in: `admin`, `responsable`, `technicien`, `client`. */
export async function signedIn(t, address, role, options = {}) {
  const opened = await openPage(t, address, { viewport: { width: 1440, height: 900 }, ...options });
  const { page } = opened;
  await page.goto(address);
  await page.locator("input[autocomplete=username]").fill(role);
  await page.locator("input[autocomplete=current-password]").fill("Demo-2026!");
  await page.locator("button[type=submit]").click();
  await page.locator("#contenu").waitFor();
  return { ...opened, go: (path) => go(page, path) };
}

/** Opens a page of the interface without loading it anew, and waits until it has read what it shows. */
async function go(page, path) {
  await page.evaluate((to) => history.pushState(null, "", to), path);
  await page.waitForFunction(() => document.querySelector("#contenu h1") && !document.querySelector("[aria-busy=true]"));
}

/** Axe finds nothing serious on the page. */
export async function assertAccessible(page, name) {
  // Through the debugger: the page's own policy lets no foreign script in.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(serious, [], `axe on ${name}`);
}

/** Nothing is wider than the window. */
export async function assertFits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
}

export const picture = (page, name) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

/** The API, as somebody of the demonstration; answers what it said, and fails where it refused. */
export async function client(address, username = "admin") {
  const body = new URLSearchParams({ grant_type: "password", username, password: "Demo-2026!" });
  const { access_token } = await (await fetch(`${address}/api/v1/auth/token`, { method: "POST", body })).json();
  return async (path, { body, ...options } = {}) => {
    const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json", ...options.headers };
    const response = await fetch(`${address}/api/v1${path}`, { ...options, headers, body: body && JSON.stringify(body) });
    const answer = response.status === 204 ? null : await response.json();
    assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}
