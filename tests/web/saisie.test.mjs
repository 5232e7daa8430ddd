// What people type is kept as they typed it, or said to be unreadable; what they take away can be taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, startServer } from "./browser.mjs";
import { assertAccessible, assertFits, client, picture, signedIn } from "./interface.mjs";

let server;
let api;
before(async () => {
  server = await startServer();
  api = await client(server.address);
});
after(() => server?.stop());

const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const french = (iso) => iso.split("-").reverse().join("/");

test("an hour typed in figures is kept, and one that is none is said to be", async (t) => {
  const { page, go, faults } = await signedIn(t, server.address, "responsable");
  await go("/interventions/nouvelle?equipement_id=3");
  await page.getByLabel("Titre").fill("Heure tapée");
  const start = page.getByLabel("Début", { exact: true });
  const hour = page.getByLabel("Début : Heure");
  await start.click();
  await page.locator("[data-dates-dropdown]:visible").getByRole("button", { name: "Mois suivant" }).click();
  await page.locator("[data-dates-dropdown]:visible").getByRole("button", { name: /^15 / }).click();
  for (const [typed, kept] of [["1545", "15:45"], ["0930", "09:30"], ["1400", "14:00"], ["2215", "22:15"], ["7h30", "07:30"]]) {
    await hour.click();
    await hour.fill("");
    await hour.pressSequentially(typed);
    await hour.press("Tab");
    assert.equal(await hour.inputValue(), kept, typed);
  }
  for (const unread of ["99h", "145", "midi"]) {
    await hour.fill(unread);
    await hour.press("Tab");
    await page.getByText("Heure illisible").waitFor();
    assert.equal(await hour.inputValue(), unread);
  }
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  await page.getByText("Heure illisible").waitFor();
  assert.match(page.url(), /nouvelle/);
  await picture(page, "saisie-heure-illisible-1440-fr");
  await assertAccessible(page, "an hour that cannot be read");
  await hour.fill("");
  await start.fill("31/02/2031");
  await start.press("Tab");
  await page.getByText("Date illisible").waitFor();
  assert.equal(await start.inputValue(), "31/02/2031");
  assert.deepEqual(faults, []);
});

test("time spent begins at the hour that was typed, on the clock of the site", async (t) => {
  const { page, go } = await signedIn(t, server.address, "responsable");
  const { items } = await api("/interventions/?statut=en_cours&page_size=1");
  await go(`/interventions/${items[0].id}`);
  const yesterday = day(-1);
  await page.getByLabel("Commencé à", { exact: true }).fill(french(yesterday));
  const hour = page.getByLabel("Commencé à : Heure");
  await hour.pressSequentially("0715");
  await hour.press("Tab");
  const answered = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/temps"));
  await page.getByRole("button", { name: "Saisir ce temps" }).click();
  const { debut } = await (await answered).json();
  const { items: sites } = await api("/sites/?page_size=200");
  const { items: zones } = await api("/sites/fuseaux");
  // As the server counts, which may know of a change of the clocks that this machine does not.
  const { decalages } = zones.find(({ nom }) => nom === sites.find(({ id }) => id === items[0].site_id).fuseau);
  const { decalage_min: ahead } = decalages.findLast(({ depuis }) => !depuis || depuis <= debut);
  assert.equal(new Date(Date.parse(debut) + ahead * 60_000).toISOString().slice(0, 16), `${yesterday}T07:15`);
});

test("an absence is of whole days unless hours are asked for, and covers them", async (t) => {
  const { page, go, faults } = await signedIn(t, server.address, "responsable", { timezoneId: "America/Montreal" });
  const { items: [who] } = await api("/techniciens/?page_size=1&tri=nom");
  await go(`/techniciens/${who.id}`);
  const [from, to] = [day(40), day(42)];
  await page.getByLabel("Du", { exact: true }).fill(french(from));
  await page.getByLabel("Au", { exact: true }).fill(french(to));
  await page.getByLabel("Motif").fill("Arrêt maladie");
  await picture(page, "saisie-absence-1440-fr");
  const answered = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/absences"));
  await page.getByRole("button", { name: "Ajouter", exact: true }).last().click();
  assert.equal((await answered).status(), 201);
  await page.getByText("Arrêt maladie").waitFor();
  const line = await page.getByText("Arrêt maladie").textContent();
  assert.doesNotMatch(line, /\d:\d\d/, "whole days need no hours");
  await assertAccessible(page, "absences");
  await go(`/calendrier?vue=tableau&jour=${day(41)}`);
  const cards = page.getByText("Arrêt maladie").locator("xpath=..");
  await cards.first().waitFor();
  for (const card of await cards.all()) assert.match(await card.textContent(), /journée/);
  assert.deepEqual(faults, []);
});

test("a slot that was removed is put back", async (t) => {
  const { page, go } = await signedIn(t, server.address, "responsable");
  const { items } = await api("/interventions/?statut=planifie&page_size=100");
  const work = items.find(({ technicien_id: technicien, date_debut_prevue: start }) => technicien && start && Date.parse(start) > Date.now());
  const booked = async () => (await api(`/interventions/${work.id}`)).affectations.filter(({ liberee }) => !liberee).map(({ technicien_id, debut, fin }) => ({ technicien_id, debut, fin }));
  const before = await booked();
  await go(`/interventions/${work.id}`);
  await page.getByRole("button", { name: "Retirer" }).first().click();
  await page.getByText("Créneau retiré").waitFor();
  assert.equal((await booked()).length, before.length - 1);
  const put = page.waitForResponse((response) => response.request().method() === "PUT");
  await page.getByRole("button", { name: "Défaire" }).click();
  assert.equal((await put).status(), 200);
  assert.deepEqual(await booked(), before);
});

test("a comment being written outlives a reload", async (t) => {
  const { page, go } = await signedIn(t, server.address, "responsable");
  const { items: [work] } = await api("/interventions/?statut=en_cours&page_size=1");
  await go(`/interventions/${work.id}`);
  await page.getByLabel("Commentaire", { exact: true }).fill("Le palier chauffe encore");
  await page.waitForTimeout(600);
  await page.reload();
  await page.waitForFunction(() => [...document.querySelectorAll("textarea")].some(({ value }) => value === "Le palier chauffe encore"));
});

test("on a phone of 320 px the choice of a part fits, and what the store does not have is asked for", async (t) => {
  const { page, go } = await signedIn(t, server.address, "technicien", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  const me = await (await client(server.address, "technicien"))("/auth/me");
  const { items: [work] } = await api(`/interventions/?statut=en_cours&technicien_id=${me.technicien_id}&page_size=1`);
  const { items: parts } = await api("/pieces/?statut=actif&page_size=200");
  const none = parts.find(({ disponible }) => disponible === 0) ?? parts[0];
  await go(`/interventions/${work.id}`);
  await page.getByRole("button", { name: "Utiliser une pièce" }).click();
  await page.getByRole("combobox", { name: "Pièce" }).click();
  await page.getByRole("option").first().waitFor();
  await assertFits(page, "the parts to choose from");
  const list = await page.getByRole("option").first().boundingBox();
  assert.ok(list.x >= 0 && list.x + list.width <= 320, JSON.stringify(list));
  await picture(page, "saisie-piece-320-fr");
  await page.getByRole("combobox", { name: "Pièce" }).fill(none.reference);
  await page.getByRole("option", { name: `${none.reference} ·` }).first().click();
  await page.getByLabel(/^Quantité/).fill(String(none.disponible + 1));
  await assertFits(page, "the part that was chosen");
  await picture(page, "saisie-piece-demander-320-fr");
  await page.getByRole("button", { name: "Demander la pièce" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const start = Date.now();
  let needs = [];
  while (!needs.some(({ piece_id: piece }) => piece === none.id) && Date.now() - start < 20_000) {
    needs = (await api(`/interventions/${work.id}/pieces`)).items;
  }
  assert.ok(needs.some(({ piece_id: piece }) => piece === none.id));
});

test("the language chosen at sign-in stays, on other devices too", async (t) => {
  const { page } = await openPage(t, server.address);
  await page.goto(server.address);
  await page.getByRole("button", { name: "العربية" }).click();
  await page.locator("input[autocomplete=username]").fill("client");
  await page.locator("input[autocomplete=current-password]").fill("Demo-2026!");
  await page.locator("button[type=submit]").click();
  await page.locator("#contenu").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ar");
  assert.equal((await (await client(server.address, "client"))("/auth/me")).langue, "ar");
});
