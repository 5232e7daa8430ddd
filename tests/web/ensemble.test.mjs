// Two people on one intervention, and the whole path of a responsable by keyboard alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./browser.mjs";
import { assertAccessible, client, picture, signedIn as signedInAs } from "./interface.mjs";

let server;
let api;
before(async () => {
  server = await startServer();
  api = await client(server.address);
});
after(() => server?.stop());

const signedIn = (t, role, options) => signedInAs(t, server.address, role, { reducedMotion: "reduce", ...options });
const work = (titre) => api("/interventions/", { method: "POST", body: { titre, description: "Au début", equipement_id: 7, type_intervention: "diagnostic", priorite: "normale" } });

/** Somebody who has begun to change an intervention. */
async function writing(t, role, { id, titre }) {
  const opened = await signedIn(t, role);
  await opened.go(`/interventions/${id}`);
  await opened.page.getByRole("heading", { level: 1, name: titre }).waitFor();
  await opened.page.getByRole("button", { name: "Modifier" }).click();
  return { ...opened, dialog: opened.page.getByRole("dialog") };
}

test("two people change the same words: the second sees both, and keeps or takes", async (t) => {
  const made = await work("À deux");
  const [first, second] = [await writing(t, "admin", made), await writing(t, "responsable", made)];
  await second.dialog.getByRole("textbox", { name: "Description" }).fill("Écrit par la seconde personne");
  await second.dialog.getByRole("textbox", { name: "Titre" }).fill("À deux, autrement");
  await first.dialog.getByRole("textbox", { name: "Description" }).fill("Écrit par la première personne");
  await first.dialog.getByRole("combobox", { name: "Priorité" }).click();
  await first.page.getByRole("option", { name: "Haute" }).click();
  await first.dialog.getByRole("button", { name: "Enregistrer" }).click();
  await first.dialog.waitFor({ state: "detached" });

  await second.dialog.getByRole("button", { name: "Enregistrer" }).click();
  await second.dialog.getByText("Quelqu’un a modifié ceci pendant que vous écriviez").waitFor();
  const theirs = second.dialog.getByRole("textbox", { name: "Description — la version de l’autre" });
  assert.equal(await theirs.inputValue(), "Écrit par la première personne");
  assert.equal(await second.dialog.getByRole("textbox", { name: "Description", exact: true }).inputValue(), "Écrit par la seconde personne");
  assert.equal((await api(`/interventions/${made.id}`)).titre, "À deux", "nothing is saved before the person has chosen");
  await assertAccessible(second.page, "conflit");
  await picture(second.page, "conflit-1440-fr");
  await second.dialog.getByRole("button", { name: "Prendre : Description" }).click();
  await second.dialog.getByRole("button", { name: "Enregistrer ainsi" }).click();
  await second.dialog.waitFor({ state: "detached" });

  const after = await api(`/interventions/${made.id}`);
  assert.equal(after.description, "Écrit par la première personne");
  assert.equal(after.titre, "À deux, autrement");
  assert.equal(after.priorite, "haute", "what the other changed elsewhere stands");
  assert.deepEqual(first.faults, []);
  assert.deepEqual(second.faults.filter((fault) => !fault.includes("412")), []);
});

test("whoever keeps their own words replaces the other’s, having seen them", async (t) => {
  const made = await work("À garder");
  const { page, dialog } = await writing(t, "responsable", made);
  await dialog.getByRole("textbox", { name: "Description" }).fill("La mienne");
  await api(`/interventions/${made.id}`, { method: "PATCH", headers: { "If-Match": `"${made.version}"` }, body: { description: "La leur" } });
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.getByRole("button", { name: "Enregistrer ainsi" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("La mienne").first().waitFor();

  assert.equal((await api(`/interventions/${made.id}`)).description, "La mienne");
});

test("what somebody else does shows on an open page by itself", async (t) => {
  const made = await work("Sous les yeux");
  const { page, go } = await signedIn(t, "responsable");
  await go(`/interventions/${made.id}`);
  await page.getByText("Au début").waitFor();
  await api(`/interventions/${made.id}`, { method: "PATCH", headers: { "If-Match": `"${made.version}"` }, body: { description: "Changé ailleurs" } });

  // The work order that is printed says it too.
  await page.locator("#contenu").getByText("Changé ailleurs").waitFor();
});

test("a responsable signs in, finds, changes and cancels without a mouse", async (t) => {
  const made = await work("Clavier seulement");
  const { openPage } = await import("./browser.mjs");
  const { page, faults } = await openPage(t, server.address, { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const { keyboard } = page;
  await page.goto(server.address);
  await page.locator("input[autocomplete=username]:focus").waitFor();
  await keyboard.type("responsable");
  await keyboard.press("Tab");
  await keyboard.type("Demo-2026!");
  await keyboard.press("Enter");
  await page.locator("#contenu h1").waitFor();
  // The first stop skips the navigation.
  await page.evaluate(() => document.activeElement.blur());
  await keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#contenu");

  await keyboard.press("Control+k");
  await page.locator("[role=dialog] input:focus, .mantine-Spotlight-search:focus").first().waitFor();
  await keyboard.type(made.numero);
  await page.getByRole("dialog").getByText("Clavier seulement").waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Clavier seulement" }).waitFor();

  const reach = async (name) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await keyboard.press("Tab");
      const here = await page.evaluate(() => {
        const { activeElement } = document;
        return { name: activeElement.ariaLabel ?? activeElement.textContent, outlined: getComputedStyle(activeElement).outlineStyle !== "none" || activeElement.matches("input, textarea") };
      });
      if (here.name !== name) continue;
      assert.ok(here.outlined, `the focus on « ${name} » cannot be seen`);
      return;
    }
    assert.fail(`« ${name} » is not reached by keyboard`);
  };
  await reach("Modifier");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.waitForFunction(() => document.querySelector("[role=dialog]").contains(document.activeElement));
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent === "Modifier");
  await reach("Annuler l’intervention");
  await keyboard.press("Enter");
  await page.locator("[role=dialog] textarea:focus").waitFor();
  await keyboard.type("Faite en double");
  await reach("Annuler l’intervention");
  await keyboard.press("Enter");
  await page.getByText("Annulée").first().waitFor();

  const after = await api(`/interventions/${made.id}`);
  assert.equal(after.statut, "annule");
  assert.deepEqual(faults, []);
});
