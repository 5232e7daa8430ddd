// The frame: signing in, finding, speaking three languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, startServer } from "./browser.mjs";
import { assertAccessible, assertFits, client, picture, signedIn } from "./interface.mjs";

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

test("whoever gives a wrong password reads so and keeps their name", async (t) => {
  const { page, faults } = await openPage(t, server.address);
  await page.goto(server.address);
  await page.getByLabel("Identifiant ou adresse e-mail").fill("responsable");
  await page.getByLabel("Mot de passe", { exact: true }).fill("un mauvais mot de passe");
  await page.getByRole("button", { name: "Se connecter" }).click();

  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Identifiant ou adresse e-mail").inputValue(), "responsable");
  assert.equal(await page.getByLabel("Mot de passe", { exact: true }).inputValue(), "");
  await assertAccessible(page, "connexion");
  assert.deepEqual(faults.filter((fault) => !fault.includes("401")), []);
});

test("whoever was given a password chooses their own before anything else", async (t) => {
  const admin = await client(server.address);
  const given = "un mot donné par l’admin";
  const nadia = { username: "nadia.n", full_name: "Nadia Nouvelle", email: "nadia.n@demo.ma", role: "responsable", password: given };
  await admin("/users/", { method: "POST", body: nadia });
  const { page, faults } = await openPage(t, server.address);
  await page.goto(`${server.address}/interventions`);
  await page.getByLabel("Identifiant ou adresse e-mail").fill("nadia.n");
  await page.getByLabel("Mot de passe", { exact: true }).fill(given);
  await page.getByRole("button", { name: "Se connecter" }).click();

  const heading = page.getByRole("heading", { name: "Choisissez votre mot de passe" });
  await heading.waitFor();
  await assertAccessible(page, "mot de passe reçu");
  await assertFits(page, "mot de passe reçu");
  await page.getByLabel("Mot de passe reçu").fill(given);
  await page.getByLabel("Nouveau mot de passe").fill("un mot que je choisis");
  await page.getByRole("button", { name: "Changer de mot de passe" }).click();
  await heading.waitFor({ state: "hidden" });
  await page.getByRole("heading", { name: "Interventions" }).waitFor();
  assert.deepEqual(faults, []);
});

test("a reload keeps whoever is signed in, and the address opens the same list", async (t) => {
  const { page, faults } = await signedIn(t, server.address, "responsable");
  await page.goto(`${server.address}/interventions?statut=en_cours`);
  await page.getByRole("row").nth(2).waitFor();
  const rows = await page.getByRole("row").filter({ hasText: "INT-" }).allInnerTexts();

  assert.ok(rows.length > 0 && rows.every((row) => row.includes("En cours")), rows.join("\n"));
  await page.getByRole("button", { name: "Tout afficher" }).click();
  await page.goBack();
  assert.match(page.url(), /statut=en_cours/);
  assert.deepEqual(faults, []);
});

test("the palette finds a machine by a word of its name, by keyboard alone", async (t) => {
  const { page, faults } = await signedIn(t, server.address, "responsable");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Équipement, numéro, personne, pièce…").fill("pompe");
  await page.getByText("INT-").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");

  await page.waitForURL(/\/(interventions|equipements)\/\d+/);
  assert.deepEqual(faults, []);
});

for (const [langue, heading, dir] of [["fr", "Interventions", "ltr"], ["en", "Interventions", "ltr"], ["ar", "التدخلات", "rtl"]]) {
  test(`the list reads in ${langue}, on a desk and on a phone`, async (t) => {
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      const { page, faults, go } = await signedIn(t, server.address, "technicien", { viewport: { width, height }, colorScheme: width < 500 ? "dark" : "light" });
      await go("/profil");
      await page.locator(`input[value=${langue}]`).evaluate((radio) => radio.click());
      await page.waitForFunction((lang) => document.documentElement.lang === lang, langue);
      await go("/interventions");

      assert.equal(await page.locator("h1").innerText(), heading);
      assert.equal(await page.evaluate(() => document.documentElement.dir), dir);
      await assertFits(page, `interventions in ${langue} at ${width}`);
      await assertAccessible(page, `interventions in ${langue} at ${width}`);
      await picture(page, `interventions-${width}-${langue}`);
      assert.deepEqual(faults, []);
    }
  });
}
