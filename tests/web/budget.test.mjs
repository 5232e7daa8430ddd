// What a page weighs and whether it jumps: what can be said of its speed without a clock.
import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { startServer } from "./browser.mjs";
import { signedIn } from "./interface.mjs";

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

/** What the server sends for a path to a browser: how many bytes, and how they are packed. */
function sent(path) {
  return new Promise((resolve, reject) => {
    get(`${server.address}${path}`, { headers: { "accept-encoding": "br" } }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      assert.equal(response.statusCode, 200, path);
      resolve({ path, body, bytes: body.length, packed: response.headers["content-encoding"] === "br" });
    }).on("error", reject);
  });
}

test("the first page weighs less than 200 kB, and nothing of it goes unpacked", async (t) => {
  const index = await sent("/");
  const named = [...brotliDecompressSync(index.body).toString().matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
  const parts = [index, ...await Promise.all(named.map(sent))];

  assert.ok(parts.some(({ path }) => path.endsWith(".css")) && parts.some(({ path }) => path.endsWith(".js")), "nothing was weighed");
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  t.diagnostic(`${(bytes / 1000).toFixed(0)} kB in ${parts.length} files`);
  assert.ok(bytes < 200_000, `${bytes} bytes`);
  // A file that packing would make longer goes as it is.
  assert.deepEqual(parts.filter(({ bytes, packed }) => !packed && bytes > 500).map(({ path }) => path), []);
});

for (const [role, paths] of [["responsable", ["/", "/interventions", "/calendrier", "/equipements"]], ["technicien", ["/"]], ["client", ["/"]]]) {
  test(`the pages of the ${role} do not jump while they fill`, async (t) => {
    const options = role === "technicien" ? { viewport: { width: 390, height: 844 } } : {};
    const { page } = await signedIn(t, server.address, role, options);
    await page.addInitScript(() => {
      window.jumped = [];
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
          if (!hadRecentInput) window.jumped.push([value, sources.map(({ node, previousRect, currentRect }) => [node?.outerHTML?.slice(0, 120), `${previousRect.y} + ${previousRect.height}`, `${currentRect.y} + ${currentRect.height}`]), document.querySelector("#contenu")?.innerText.slice(0, 300)]);
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const path of paths) {
      await page.goto(`${server.address}${path}`);
      await page.waitForFunction(() => document.querySelector("#contenu h1") && !document.querySelector("[aria-busy=true]"));
      // What comes late moves most.
      await page.waitForTimeout(1000);
      const jumped = await page.evaluate(() => window.jumped);
      const sum = jumped.reduce((sum, [value]) => sum + value, 0);
      assert.ok(sum < 0.02, `${path} jumps by ${sum.toFixed(3)}: ${JSON.stringify(jumped.filter(([value]) => value > 0.002), null, 1)}`);
    }
  });
}
