// What screens say and show: one hour for one slot, messages that are in nobody's way, words that are whole and in the
// reader's language, paper, and the menu in small windows.
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
const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const french = (iso) => iso.split("-").reverse().join("/");

/** What a clock in that zone shows at a moment, as the server counts. */
async function wall(instant, zone) {
  const { items } = await api("/sites/fuseaux");
  const { decalages } = items.find(({ nom }) => nom === zone);
  const { decalage_min: ahead } = decalages.findLast(({ depuis }) => !depuis || Date.parse(depuis) <= Date.parse(instant));
  return new Date(Date.parse(instant) + ahead * 60_000).toISOString();
}

/** A slot to come of somebody whose site's zone is that one. */
async function slotIn(zone) {
  const { items: sites } = await api("/sites/?page_size=200");
  const there = new Set(sites.filter(({ fuseau }) => fuseau === zone).map(({ id }) => id));
  const { items } = await api(`/planning/calendrier?du=${day(0)}&au=${day(20)}`);
  return items.find((slot) => slot.type === "intervention" && there.has(slot.site_id) && Date.parse(slot.debut) > Date.now());
}

test("one slot has one hour in every view, with its town where the reader's clock is another", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable", { timezoneId: "America/Montreal" });
  for (const [zone, town] of [["Europe/Paris", "Paris"], ["Africa/Casablanca", "Casablanca"]]) {
    const slot = await slotIn(zone);
    const shown = await wall(slot.debut, zone);
    const [date, hour] = [shown.slice(0, 10), shown.slice(11, 16)];

    await go(`/interventions/${slot.intervention_id}`);
    await page.getByText(new RegExp(`${hour} – .*\\(${town}\\)`)).first().waitFor();
    await go(`/calendrier?vue=tableau&jour=${date}`);
    await page.getByText(new RegExp(`${hour} – .*\\(${town}\\)`)).first().waitFor();
    await go(`/calendrier?vue=jour&jour=${date}`);
    const block = page.locator(`[data-technicien="${slot.technicien_id}"] button[title*="${slot.numero}"]`).first();
    await block.waitFor();
    assert.match(await block.getAttribute("title"), new RegExp(`${hour} – .*\\(${town}\\)`));
    const [hours, minutes] = hour.split(":").map(Number);
    assert.equal(await block.evaluate((element) => Number.parseFloat(element.style.insetInlineStart)), (hours + minutes / 60) * 64);
    await picture(page, `ecrans-frise-${town}-1440-fr`);
  }
  assert.deepEqual(faults, []);
});

test("a refused absence names the work that stands against it, and the refusal goes with the days it was about", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  const slot = await slotIn("Africa/Casablanca");
  const date = (await wall(slot.debut, "Africa/Casablanca")).slice(0, 10);
  await go(`/techniciens/${slot.technicien_id}`);
  await page.getByLabel("Du", { exact: true }).fill(french(date));
  await page.getByLabel("Au", { exact: true }).fill(french(date));
  await page.getByRole("button", { name: "Ajouter", exact: true }).last().click();
  const refusal = page.getByRole("alert").filter({ hasText: slot.numero });
  await refusal.getByRole("link", { name: slot.numero }).first().waitFor();
  assert.match(await refusal.innerText(), /\d\d:\d\d – \d\d:\d\d/);
  await picture(page, "ecrans-absence-refusee-1440-fr");
  await page.getByLabel("Au", { exact: true }).fill(french(day(60)));
  await refusal.waitFor({ state: "detached" });
});

test("what somebody has to do stands in order of time", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  const { technicien_id: who } = await slotIn("Africa/Casablanca");
  await go(`/techniciens/${who}`);
  const times = page.locator("section").filter({ hasText: "Interventions en cours et prévues" }).locator("time");
  await times.first().waitFor();
  const moments = await times.evaluateAll((all) => all.map(({ dateTime }) => dateTime));
  assert.ok(moments.length > 1);
  assert.deepEqual(moments, [...moments].sort());
});

test("a message lies beside what was pressed, calls a field by its label, and goes though the pointer is on it", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  await go("/techniciens/1");
  await page.getByLabel("Du", { exact: true }).fill(french(day(51)));
  await page.getByLabel("Au", { exact: true }).fill(french(day(50)));
  for (const place of ["start", "end"]) {
    const button = page.getByRole("button", { name: "Ajouter", exact: true }).last();
    await button.evaluate((element, block) => element.scrollIntoView({ block }), place);
    await button.click();
    const message = page.locator(".mantine-Notification-root").last();
    await message.filter({ hasText: "Au : doit être après le début" }).waitFor();
    const [a, b] = [await button.boundingBox(), await message.boundingBox()];
    assert.ok(a.y + a.height <= b.y || b.y + b.height <= a.y, `${place}: ${JSON.stringify([a, b])}`);
    await picture(page, `ecrans-message-${place}-1440-fr`);
    await message.hover();
    await message.waitFor({ state: "detached", timeout: 15_000 });
  }
});

test("a refusal goes when the technicien is another, and only what is true of them stays", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  const slot = await slotIn("Africa/Casablanca");
  const shown = await wall(slot.debut, "Africa/Casablanca");
  await go("/interventions/nouvelle?equipement_id=3");
  await page.getByLabel("Titre").fill("À confier à quelqu’un d’autre");
  await page.getByLabel("Durée estimée").fill("30");
  const choose = async (name) => {
    const box = page.getByRole("combobox", { name: "Technicien" });
    await box.fill(name);
    // By its name: whatever stands first while the list is still being narrowed.
    await page.getByRole("option", { name }).first().click();
    await page.waitForFunction((begin) => document.activeElement.value.startsWith(begin), name);
  };
  await choose(slot.technicien_nom);
  await page.getByLabel("Début", { exact: true }).fill(french(shown.slice(0, 10)));
  await page.getByLabel("Début : Heure").fill(shown.slice(11, 16));
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: slot.numero });
  await refusal.waitFor();
  const starts = await refusal.getByRole("button").filter({ hasText: ":" }).allInnerTexts();
  assert.ok(starts.length > 0);
  const { items: people } = await api("/techniciens/?actif=true&page_size=200");
  const free = [];
  for (const { id, nom } of people) {
    const { libres } = await api(`/techniciens/${id}/disponibilite?du=${slot.debut.slice(0, 10)}&au=${day(21)}`);
    const end = Date.parse(slot.debut) + 1_800_000;
    if (libres.some(({ debut, fin }) => debut <= slot.debut && Date.parse(fin) >= end)) free.push(nom);
  }
  await choose(free[0]);
  await refusal.waitFor({ state: "detached" });
  await page.getByRole("status").filter({ hasText: "Libre à ce moment-là" }).waitFor();
  await picture(page, "ecrans-libre-1440-fr");
});

test("the order that is printed is the work order, and not the screen", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  const { items: [work] } = await api("/interventions/?statut=en_cours&page_size=1");
  await go(`/interventions/${work.id}`);
  const order = page.getByLabel("Bons de travail");
  await order.waitFor({ state: "attached" });
  assert.equal(await order.isVisible(), false);
  await page.emulateMedia({ media: "print" });
  await order.getByRole("heading", { name: work.titre }).waitFor();
  await order.getByText("Date et signature du technicien").waitFor();
  assert.equal(await page.locator("#contenu").isVisible(), false);
  await picture(page, "ecrans-bon-papier-fr");
});

test("the parts to order lead to the parts to order", async (t) => {
  const { page } = await signedIn(t, "responsable");
  await page.getByRole("link", { name: "Tout voir : Pièces à commander" }).click();
  await page.waitForURL("**/a-commander");
});

test("in Arabic a refusal is told in Arabic, and durations keep their order", async (t) => {
  const { page, go } = await signedIn(t, "responsable");
  await go("/profil");
  await page.locator("input[value=ar]").evaluate((radio) => radio.click());
  await page.waitForFunction(() => document.documentElement.lang === "ar");
  const slot = await slotIn("Africa/Casablanca");
  const date = french((await wall(slot.debut, "Africa/Casablanca")).slice(0, 10));
  await go(`/techniciens/${slot.technicien_id}`);
  await page.getByLabel("من", { exact: true }).fill(date);
  await page.getByLabel("إلى", { exact: true }).fill(date);
  await page.getByRole("button", { name: "إضافة", exact: true }).last().click();
  const refusal = page.getByRole("alert").filter({ hasText: slot.numero });
  await refusal.getByText("هذه الفترة محجوزة من قبل.").waitFor();
  await picture(page, "ecrans-refus-1440-ar");
  await go(`/interventions/${slot.intervention_id}`);
  assert.match(await page.locator("#contenu").innerText(), /\u2066\d+ (h|min)( \d\d)?\u2069/);
  await go("/profil");
  await page.locator("input[value=fr]").evaluate((radio) => radio.click());
  await page.waitForFunction(() => document.documentElement.lang === "fr");
});

test("a page that was never opened says without reception why it is empty", async (t) => {
  const { page, go } = await signedIn(t, "technicien", { viewport: { width: 390, height: 844 } });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  await page.context().setOffline(true);
  for (const path of ["/equipements", "/interventions/1", "/demandes/1"]) {
    await page.evaluate(() => history.pushState(null, "", "/"));
    await page.getByRole("heading", { name: "Ma journée" }).waitFor();
    await page.evaluate((to) => history.pushState(null, "", to), path);
    await page.getByRole("heading", { name: "Pas encore sur cet appareil" }).first().waitFor();
    assert.equal(await page.locator("[aria-busy=true]").count(), 0, path);
    await picture(page, `ecrans-hors-ligne${path.replaceAll("/", "-")}-390-fr`);
  }
  await page.context().setOffline(false);
  await go("/equipements");
  await page.getByText(/\d+ équipements/).waitFor();
});

test("every entry of the menu is reached in low windows", async (t) => {
  for (const height of [900, 600]) {
    const { page } = await signedIn(t, "admin", { viewport: { width: 1280, height } });
    const entries = page.getByRole("navigation", { name: "Menu" }).getByRole("link");
    assert.ok((await entries.count()) > 20);
    for (const entry of await entries.all()) {
      await entry.scrollIntoViewIfNeeded();
      const isOnTop = await entry.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      });
      assert.ok(isOnTop, `${height}: ${await entry.innerText()}`);
    }
    await picture(page, `ecrans-menu-1280-${height}-fr`);
  }
});

test("an administrator sees where somebody is signed in, and ends it", async (t) => {
  await client(server.address, "client");
  const { page, go, faults } = await signedIn(t, "admin");
  const { items } = await api("/users/?role=client&page_size=1");
  await go(`/utilisateurs/${items[0].id}`);
  const section = page.locator("section").filter({ hasText: "Appareils connectés" });
  await section.getByRole("button", { name: "Déconnecter", exact: true }).first().waitFor();
  await picture(page, "ecrans-sessions-1440-fr");
  await assertAccessible(page, "sessions of a user");
  const before = await section.getByRole("listitem").count();
  const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
  await section.getByRole("button", { name: "Déconnecter", exact: true }).first().click();
  assert.equal((await gone).status(), 204);
  await page.waitForFunction((many) => [...document.querySelectorAll("section")].find((one) => one.textContent.includes("Appareils connectés")).querySelectorAll("li").length === many, before - 1);
  assert.deepEqual(faults, []);
});

test("one long word widens no page, and no badge is cut", async (t) => {
  const word = "M".repeat(200);
  const made = {
    equipement: await api("/equipements/", { method: "POST", body: { code: `LONG-${"9".repeat(20)}`, nom: word.slice(0, 150), type: "pompe", site_id: 1, localisation: word.slice(0, 150) } }),
    piece: await api("/pieces/", { method: "POST", body: { reference: `R${"7".repeat(30)}`, designation: word, unite: "pièce" } }),
  };
  made.work = await api("/interventions/", { method: "POST", body: { titre: word, description: "N".repeat(300), symptome: "O".repeat(300), equipement_id: made.equipement.id, type_intervention: "corrective", priorite: "urgente", technicien_id: 1 } });
  made.demande = await api("/demandes/", { method: "POST", body: { titre: word, description: "P".repeat(300), equipement_id: made.equipement.id, urgence: "urgente" } });
  await api(`/interventions/${made.work.id}/commentaires`, { method: "POST", body: { texte: "Q".repeat(300) } });
  const responsable = [
    "/", "/interventions?tri=-numero", `/interventions/${made.work.id}`, "/tableau", "/calendrier", "/calendrier?vue=tableau", "/demandes", `/demandes/${made.demande.id}`,
    "/equipements?q=LONG", `/equipements/${made.equipement.id}`, "/arbre", "/pieces?q=R777", `/pieces/${made.piece.id}`, "/techniciens/1", "/notifications", "/a-commander",
  ];
  const wrong = [];
  const walk = async (role, paths, width) => {
    const { page, go } = await signedIn(t, role, { viewport: { width, height: 800 } });
    for (const path of paths) {
      await go(path);
      const over = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
      if (over > 0) wrong.push(`${role} ${path} at ${width}: ${over} px too wide`);
      const cut = await page.evaluate(() => [...document.querySelectorAll(".mantine-Badge-label, .mantine-Notification-description")]
        .filter((label) => label.scrollWidth > label.clientWidth + 1).map((label) => label.textContent));
      if (cut.length) wrong.push(`${role} ${path} at ${width}: cut ${cut.slice(0, 3).join(", ")}`);
      await picture(page, `ecrans-mot-${role}${path.replace(/[^a-z]+/gi, "-")}-${width}`);
    }
  };
  for (const width of [320, 1280]) {
    await walk("responsable", responsable, width);
    await walk("technicien", ["/", `/interventions/${made.work.id}`, "/notifications", `/e/${made.equipement.code}`], width);
  }
  assert.deepEqual(wrong, []);
});
