// The timeline of the crew: what is dragged says what stands against it before it is let go.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./browser.mjs";
import { assertAccessible, client, picture, signedIn as signedInAs } from "./interface.mjs";

let server;
let api;
before(async () => {
  server = await startServer();
  api = await client(server.address);
  DAY = await workday();
});
after(() => server?.stop());

const signedIn = (t, role, options) => signedInAs(t, server.address, role, { reducedMotion: "reduce", ...options });

let DAY;
/** A day that nobody of the demonstration is planned on yet and that Youssef works: his week depends on the day that the
    demonstration was made. */
async function workday() {
  const { horaire } = await api("/techniciens/1");
  const names = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];
  const days = Array.from({ length: 7 }, (_, at) => new Date(Date.now() + (18 + at) * 86_400_000));
  const day = days.find((day) => JSON.stringify(horaire[names[day.getUTCDay()]]) === '[["08:00","12:00"],["13:00","17:00"]]');
  return day.toISOString().slice(0, 10);
}

async function work(titre, body = {}) {
  return api("/interventions/", { method: "POST", body: { titre, equipement_id: 7, type_intervention: "corrective", duree_estimee_min: 60, ...body } });
}
const slots = async ({ id }) => (await api(`/interventions/${id}`)).affectations.filter(({ liberee }) => !liberee);

/** What a clock of the plant shows, as a moment. */
async function moment(time) {
  const zones = (await api("/sites/fuseaux")).items;
  const { decalages } = zones.find(({ nom }) => nom === "Africa/Casablanca");
  const shown = Date.parse(`${DAY}T${time}:00Z`);
  const { decalage_min } = decalages.findLast(({ depuis }) => !depuis || Date.parse(depuis) <= shown);
  return new Date(shown - decalage_min * 60_000).toISOString().replace(".000", "");
}

/** Opens the timeline of the day, and answers how to get to an hour of somebody. */
async function timeline(t) {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go(`/calendrier?vue=jour&jour=${DAY}`);
  await page.locator("[data-technicien]").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-frise]").scrollLeft !== 0);
  const at = async (technicien, hour) => {
    const row = page.locator(`[data-technicien="${technicien}"]`);
    await row.scrollIntoViewIfNeeded();
    const { x, y, height, width } = await row.boundingBox();
    return { x: x + (width / 24) * hour, y: y + height / 2 };
  };
  const lift = async (handle, to) => {
    await handle.scrollIntoViewIfNeeded();
    const { x, y } = await handle.boundingBox();
    await page.mouse.move(x + 4, y + 12);
    await page.mouse.down();
    await page.mouse.move(x + 30, y + 30);
    await page.mouse.move(to.x + 4, to.y, { steps: 4 });
  };
  return { page, faults, at, lift, verdict: page.locator("[data-verdict]") };
}

test("work is dragged from the tray onto somebody who is free, and can be taken back", async (t) => {
  const made = await work("À glisser vers Youssef");
  const { page, faults, at, lift, verdict } = await timeline(t);
  await lift(page.getByRole("button", { name: /À glisser vers Youssef/ }), await at(1, 10));
  await verdict.filter({ hasText: "Libre" }).waitFor();
  await picture(page, "frise-libre-1440-fr");
  await page.mouse.up();
  await page.getByText(`${made.numero} est placée.`).waitFor();

  const [slot] = await slots(made);
  assert.equal(slot.technicien_id, 1);
  assert.equal(slot.debut, await moment("10:00"));
  assert.equal(Date.parse(slot.fin) - Date.parse(slot.debut), 3_600_000);
  await assertAccessible(page, "frise");
  const put = page.waitForResponse((response) => response.request().method() === "PUT");
  await page.getByRole("button", { name: "Défaire" }).click();
  assert.equal((await put).status(), 200);
  await page.getByRole("button", { name: /À glisser vers Youssef/ }).waitFor();
  assert.deepEqual(await slots(made), []);
  assert.deepEqual(faults, []);
});

test("a slot that is taken says so before the drop, and nothing changes", async (t) => {
  const there = await work("Déjà là");
  await api(`/interventions/${there.id}/affectations`, { method: "PUT", body: { affectations: [{ technicien_id: 1, debut: await moment("14:00"), fin: await moment("15:00") }] } });
  const made = await work("Vient trop tard");
  const { page, faults, at, lift, verdict } = await timeline(t);
  await lift(page.getByRole("button", { name: /Vient trop tard/ }), await at(1, 14.25));
  await verdict.filter({ hasText: `Déjà réservé : ${there.numero}` }).waitFor();
  await picture(page, "frise-conflit-1440-fr");
  await page.mouse.up();
  await page.getByText(`${made.numero} reste où elle était`).waitFor();

  assert.deepEqual(await slots(made), []);
  assert.deepEqual((await slots(there)).length, 1);
  assert.deepEqual(faults, []);
});

test("outside somebody’s hours it asks, and Escape lets go of nothing", async (t) => {
  const made = await work("Trop tôt le matin");
  const { page, faults, at, lift, verdict } = await timeline(t);
  const card = page.getByRole("button", { name: /Trop tôt le matin/ });
  await lift(card, await at(1, 6.5));
  await verdict.filter({ hasText: "Hors de son horaire" }).waitFor();
  await page.keyboard.press("Escape");
  await verdict.waitFor({ state: "detached" });
  await page.mouse.up();
  await page.keyboard.press("Escape");
  assert.deepEqual(await slots(made), []);

  await lift(card, await at(1, 6.5));
  await page.mouse.up();
  await page.getByRole("dialog").getByRole("button", { name: "Placer quand même" }).click();
  await page.getByText(`${made.numero} est placée.`).waitFor();
  assert.equal((await slots(made))[0].debut, await moment("06:30"));
  assert.deepEqual(faults, []);
});

test("the same is done by keyboard alone, with the same words", async (t) => {
  const made = await work("Sans souris");
  const { page, faults } = await timeline(t);
  await page.getByRole("button", { name: /Sans souris/ }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Qui" }).focus();
  await page.keyboard.type("Youssef");
  await page.getByRole("option", { name: "Youssef El Amrani" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await dialog.getByRole("combobox", { name: "Qui" }).inputValue(), "Youssef El Amrani");
  await assertAccessible(page, "déplacer");
  assert.equal(await dialog.getByRole("button", { name: "Placer" }).isDisabled(), true, "without a moment there is nothing to place");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await slots(made), []);
  assert.deepEqual(faults, []);
});

test("a plan is changed with its dates in sight", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  const plan = await api("/planning/3");
  await go("/planning/3/modifier");
  await page.getByText("Ce plan a déjà des échéances").waitFor();
  assert.ok(await page.getByRole("textbox", { name: "Intervalle : tous les …" }).isDisabled());
  const rows = page.getByRole("row");
  await rows.nth(3).waitFor();
  await page.getByRole("textbox", { name: "Tolérance (jours)" }).fill("5");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.waitForURL(/\/planning\/3$/);

  assert.equal((await api("/planning/3")).tolerance_jours, 5);
  assert.equal((await api("/planning/3")).intervalle, plan.intervalle);
  assert.deepEqual(faults, []);
});
