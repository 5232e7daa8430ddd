// The API documentation works from the executable alone. `tests/run` starts this file in a network namespace
// that has nothing but loopback, where it can.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { openPage, PICTURES, startServer } from "./browser.mjs";

let server;
before(async () => (server = await startServer()));
after(async () => server?.stop());

test("a responsable signs in on /docs and reads the sites", async (t) => {
  const { page, faults } = await openPage(t, server.address);
  await page.goto(`${server.address}/docs`);
  await page.getByRole("button", { name: "Authorize" }).first().click();
  await page.locator("#oauth_username, input[name=username]").first().fill("responsable");
  await page.locator("#oauth_password, input[name=password]").first().fill("Demo-2026!");
  await page.locator(".modal-ux .auth-btn-wrapper .authorize").first().click();
  await page.locator(".modal-ux .auth-btn-wrapper .btn-done").first().click();

  await page.locator("#tag-sites, [id^=operations-tag-sites]").first().click();
  await page.locator(".opblock-summary", { hasText: "List the sites" }).click();
  await page.locator(".opblock.is-open").getByRole("button", { name: "Execute" }).click();
  const reply = page.locator(".opblock.is-open .live-responses-table tr.response .response-col_status").first();
  await reply.waitFor();

  assert.match(await reply.innerText(), /200/);
  await page.screenshot({ path: join(PICTURES, "docs.png") });
  assert.deepEqual(faults, []);
});

for (const [name, path, text] of [["redoc", "/redoc", "erp-interventions"]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${path} shows itself on a desk and on a phone, ${colorScheme}`, async (t) => {
      for (const width of [1440, 390]) {
        const viewport = { width, height: 900 };
        const { page, faults } = await openPage(t, server.address, { viewport, colorScheme });
        await page.goto(`${server.address}${path}`, { waitUntil: "networkidle" });

        assert.ok((await page.content()).includes(text));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${path} at ${width} px is ${overflow} px too wide`);
        await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) });
        assert.deepEqual(faults, []);
      }
    });
  }
}
