// The day of whoever runs the plant: what needs them, the list, new work, the board.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startServer } from "./browser.mjs";
import { assertAccessible, assertFits, picture, signedIn as signedInAs } from "./interface.mjs";

let server;
let api;
before(async () => {
  server = await startServer();
  api = await client(server.address);
});
after(() => server?.stop());

/** Without transitions, during which nothing has its contrast yet. */
const signedIn = (t, address, role, options) => signedInAs(t, address, role, { reducedMotion: "reduce", ...options });

/** The API, as the admin: the responsable signs in so often here that their oldest sessions end. */
async function client(address) {
  const body = new URLSearchParams({ grant_type: "password", username: "admin", password: "Demo-2026!" });
  const { access_token } = await (await fetch(`${address}/api/v1/auth/token`, { method: "POST", body })).json();
  return async (path, options = {}) => {
    const response = await fetch(`${address}/api/v1${path}`, {
      ...options,
      headers: { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" },
    });
    const answer = await response.json();
    assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

const create = (body) => api("/interventions/", { method: "POST", body: JSON.stringify({ type_intervention: "corrective", ...body }) });
const statutOf = async (id) => (await api(`/interventions/${id}`)).statut;
const total = async (query) => (await api(`/interventions/?page_size=1&${query}`)).total;

/** What a clock at the site of an équipement shows at a moment. */
async function atSite(site, instant) {
  const { items: zones } = await api("/sites/fuseaux");
  const { decalages } = zones.find(({ nom }) => nom === site.fuseau);
  const { decalage_min } = decalages.findLast(({ depuis }) => !depuis || Date.parse(depuis) <= Date.parse(instant));
  return new Date(Date.parse(instant) + decalage_min * 60_000).toISOString();
}

/** Fills in a field of a day and a time. */
/** Types a moment as people do: the day in figures, the hour without a colon. */
async function setMoment(page, label, civil) {
  const [year, month, day] = civil.slice(0, 10).split("-");
  await page.getByLabel(label, { exact: true }).click();
  await page.locator("[data-dates-dropdown]:visible").getByRole("button", { name: "Mois suivant" }).waitFor();
  await assertAccessible(page, "choosing a moment");
  await page.getByLabel(label, { exact: true }).fill(`${day}/${month}/${year}`);
  const hour = page.getByLabel(`${label} : Heure`);
  await hour.fill(civil.slice(11, 13) + civil.slice(14, 16));
  await hour.press("Tab");
  assert.equal(await hour.inputValue(), civil.slice(11, 16));
}

for (const [width, height, colorScheme, langue] of [[1440, 900, "light", "fr"], [390, 844, "dark", "fr"], [1440, 900, "dark", "ar"], [390, 844, "light", "ar"]]) {
  test(`every page reads at ${width} px, ${colorScheme}, in ${langue}`, async (t) => {
    const { page, faults, go } = await signedIn(t, server.address, "responsable", { viewport: { width, height }, colorScheme });
    const setLangue = async (to) => {
      await go("/profil");
      await page.locator(`input[value=${to}]`).evaluate((radio) => radio.click());
      await page.waitForFunction((lang) => document.documentElement.lang === lang, to);
    };
    await setLangue(langue);
    for (const [name, path] of [["accueil", "/"], ["liste", "/interventions"], ["nouvelle", "/interventions/nouvelle?equipement_id=3"], ["tableau", "/tableau"]]) {
      await go(path);
      await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
      await assertFits(page, name);
      await assertAccessible(page, name);
      await picture(page, `travail-${name}-${width}-${colorScheme}-${langue}`);
    }
    await setLangue("fr");
    assert.deepEqual(faults, []);
  });
}

test("the dashboard counts what the lists show, and does not jump while it loads", async (t) => {
  const { page, faults } = await signedIn(t, server.address, "responsable");
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(server.address);
  await page.locator(".recharts-surface").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));

  assert.ok((await page.evaluate(() => window.shift)) <= 0.02, `shift ${await page.evaluate(() => window.shift)}`);
  for (const [name, query] of [["En retard", "en_retard=true"], ["À planifier", "a_planifier=true"], ["En cours", "statut=en_cours"], ["En attente de pièces", "statut=attente_pieces"]]) {
    const tile = page.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
    assert.equal(await tile.locator("p.tabular").innerText(), String(await total(query)), name);
  }
  await page.getByRole("link", { name: "En retard", exact: true }).click();
  await page.getByRole("row").nth(2).waitFor();
  assert.match(page.url(), /\/interventions\?en_retard=true$/);
  await page.getByRole("status").filter({ hasText: `${await total("en_retard=true")} intervention` }).waitFor();
  assert.deepEqual(faults, []);
});

test("somebody else's change shows on the dashboard without a reload", async (t) => {
  const { page } = await signedIn(t, server.address, "responsable");
  const tile = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "À planifier", exact: true }) }).locator("p.tabular");
  await tile.waitFor();
  const count = Number(await tile.innerText());
  await create({ titre: "Arrive d’ailleurs", equipement_id: 3 });
  await page.waitForFunction(([element, wanted]) => element.innerText === wanted, [await tile.elementHandle(), String(count + 1)]);
});

test("filters are saved as a view, opened again, and deleted", async (t) => {
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions");
  await page.getByRole("button", { name: "Statut", exact: true }).first().click();
  await page.getByLabel("En attente de pièces").check();
  await page.getByLabel("En cours").check();
  await page.keyboard.press("Escape");
  await page.waitForURL(/statut=attente_pieces&statut=en_cours/);
  await page.getByRole("button", { name: "Priorité" }).first().click();
  await page.getByLabel("Haute").check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Vues" }).click();
  await page.getByRole("menuitem", { name: /Enregistrer cette vue/ }).click();
  await page.getByLabel("Nom de la vue").fill("Chaud devant");
  await page.getByLabel(/Partager/).check();
  await page.getByRole("button", { name: "Enregistrer", exact: true }).click();
  await page.getByRole("button", { name: "Chaud devant" }).waitFor();

  await page.getByRole("button", { name: "Tout afficher" }).first().click();
  await page.getByRole("button", { name: "Vues" }).click();
  await page.getByRole("menuitem", { name: /^Chaud devant/ }).click();
  await page.waitForURL(/priorite=haute&statut=attente_pieces&statut=en_cours/);

  await page.getByRole("button", { name: "Chaud devant" }).click();
  await page.getByRole("menuitem", { name: /Supprimer la vue/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Supprimer" }).click();
  await page.getByRole("button", { name: "Vues" }).waitFor();
  assert.equal((await api("/filters/vues?liste=interventions")).total, 0);
  assert.deepEqual(faults, []);
});

test("many are cancelled at once, and the one that cannot be is named", async (t) => {
  const made = [await create({ titre: "Lot à annuler un", equipement_id: 3 }), await create({ titre: "Lot à annuler deux", equipement_id: 3 })];
  await api(`/interventions/${made[1].id}/statut`, { method: "PATCH", body: JSON.stringify({ statut: "annule", remarque: "déjà" }) });
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions?q=lot+à+annuler");
  await page.getByLabel(made[0].numero).check();
  await page.getByLabel(made[1].numero).check();
  await page.getByText("2 lignes choisies").waitFor();
  await assertAccessible(page, "chosen rows");
  await picture(page, "travail-lot");
  await page.getByRole("button", { name: "Annuler les interventions" }).click();
  await page.getByLabel("Motif").fill("Machine vendue");
  await page.getByRole("dialog").getByRole("button", { name: "Annuler les interventions" }).click();

  const told = page.getByRole("dialog").filter({ hasText: "n’a pas pu être modifiée" });
  await told.waitFor();
  assert.ok((await told.innerText()).includes(made[1].numero));
  assert.equal(await statutOf(made[0].id), "annule");
  const { items } = await api(`/interventions/${made[0].id}/historique`);
  assert.equal(items.at(-1).remarque, "Machine vendue");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByText("Une ligne choisie").count(), 1);
  assert.deepEqual(faults.filter((fault) => !fault.includes("409")), []);
});

test("a lead is assigned to many at once", async (t) => {
  const made = [await create({ titre: "Lot à affecter un", equipement_id: 3 }), await create({ titre: "Lot à affecter deux", equipement_id: 3 })];
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions?q=lot+à+affecter");
  await page.getByLabel("Tout choisir").check();
  await page.getByRole("button", { name: "Affecter" }).click();
  await page.getByRole("dialog").getByRole("combobox", { name: "Technicien" }).click();
  await page.getByRole("option", { name: /Youssef El Amrani/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Affecter" }).click();
  await page.getByText("2 interventions modifiées").waitFor();
  for (const { id } of made) assert.equal((await api(`/interventions/${id}`)).technicien_nom, "Youssef El Amrani");
  assert.deepEqual(faults, []);
});

test("the whole filtered list is exported, and no text of it runs as a formula", async (t) => {
  await create({ titre: "=HYPERLINK(\"http://ailleurs\");et \"plus\"", equipement_id: 3 });
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions?type_intervention=corrective");
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Exporter (CSV)" }).click();
  const download = await started;
  const text = readFileSync(await download.path(), "utf8");

  assert.match(download.suggestedFilename(), /^interventions-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(text.startsWith("\uFEFFNuméro;Titre;"));
  assert.equal(new Set(text.match(/^INT-\d{4}-\d+/gm)).size, await total("type_intervention=corrective"));
  assert.ok(text.includes(";\"'=HYPERLINK(\"\"http://ailleurs\"\");et \"\"plus\"\"\";"), text.slice(0, 2000));
  assert.deepEqual(faults, []);
});

test("one scrolls to the end of a long list, and a change re-reads only what is in sight", async (t) => {
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions?tri=-date_creation");
  const all = await total("");
  assert.ok(all > 1000);
  await page.waitForFunction((last) => {
    window.scrollTo(0, document.documentElement.scrollHeight);
    return document.querySelector(`tr[aria-rowindex="${last + 1}"] a`) !== null;
  }, all, { polling: 150 });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.locator("tr[aria-rowindex='2'] a").waitFor();
  await page.waitForTimeout(500);

  let reads = 0;
  page.on("request", (request) => request.url().includes("/filters/interventions?") && (reads += 1));
  const made = await create({ titre: "Tout en haut", equipement_id: 3 });
  await page.getByRole("link", { name: made.numero }).waitFor();
  await page.waitForTimeout(500);
  assert.ok(reads <= 4, `${reads} pages were read again`);
  assert.deepEqual(faults, []);
});

test("the list and the work orders are laid out for paper", async (t) => {
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await page.evaluate(() => (window.print = () => void (window.printed = document.querySelectorAll("body > div section h1").length)));
  await go("/interventions?statut=en_cours");
  await page.getByRole("row").nth(3).waitFor();
  const rows = await total("statut=en_cours");
  await page.getByLabel("Tout choisir").check();
  await page.getByRole("button", { name: "Imprimer les bons" }).click();
  await page.waitForFunction(() => window.printed !== undefined);
  assert.equal(await page.evaluate(() => window.printed), rows);

  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("table tbody tr").count(), rows);
  assert.equal(await page.getByRole("button").count(), 0);
  await picture(page, "travail-liste-imprimee");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.deepEqual(faults, []);
});

test("new work survives a reload, is told of a conflict before and after, and takes the slot proposed", async (t) => {
  const { items } = await api(`/planning/calendrier?du=${new Date(Date.now() + 86_400_000).toISOString()}`);
  const taken = items.find((event) => event.type === "intervention" && event.role === "principal" && Date.parse(event.debut) > Date.now() + 86_400_000);
  const site = await api(`/sites/${taken.site_id}`);
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go(`/interventions/nouvelle?equipement_id=${taken.equipement_id}`);
  await page.getByText(/déjà ouverte/).waitFor();
  await page.getByLabel("Titre").fill("Remplacer le joint d’arbre");
  await page.getByRole("combobox", { name: "Technicien" }).click();
  await page.getByRole("option", { name: new RegExp(taken.technicien_nom) }).click();
  await setMoment(page, "Début", await atSite(site, taken.debut));
  await page.getByText(/^Déjà pris/).waitFor();
  await page.waitForTimeout(500);

  await page.reload();
  await page.getByText("Voici ce que vous aviez commencé à saisir.").waitFor();
  assert.equal(await page.getByLabel("Titre").inputValue(), "Remplacer le joint d’arbre");
  await page.getByText(/^Déjà pris/).waitFor();
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "déjà pris" });
  await refusal.waitFor();
  assert.ok((await refusal.innerText()).includes(taken.numero));
  await assertAccessible(page, "a refused slot");
  await picture(page, "travail-conflit");
  await refusal.getByRole("button").first().click();
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  await page.waitForURL(/\/interventions\/\d+$/);
  const made = await api(`/interventions/${page.url().split("/").at(-1)}`);
  assert.equal(made.titre, "Remplacer le joint d’arbre");
  assert.equal(made.affectations.length, 1);

  await go(`/interventions/nouvelle?equipement_id=${taken.equipement_id}`);
  assert.equal(await page.getByLabel("Titre").inputValue(), "");
  assert.deepEqual(faults.filter((fault) => !fault.includes("409")), []);
});

test("outside working hours is asked, not refused", async (t) => {
  const { items: people } = await api("/techniciens/?actif=true&disponibilite=disponible&page_size=200");
  const byDay = people.find(({ horaire, competences }) => horaire?.lundi?.[0]?.[0] > "05:00" && competences.length);
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions/nouvelle?equipement_id=3");
  await page.getByLabel("Titre").fill("Relevé de nuit");
  await page.getByRole("combobox", { name: "Technicien" }).click();
  await page.getByRole("option", { name: new RegExp(byDay.nom) }).click();
  const days = (8 - new Date().getUTCDay()) % 7 || 7;
  const monday = new Date(Date.now() + (days + 7) * 86_400_000).toISOString().slice(0, 10);
  await setMoment(page, "Début", `${monday}T03:10`);
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  await page.getByRole("button", { name: "Planifier quand même" }).click();
  await page.waitForURL(/\/interventions\/\d+$/);
  const made = await api(`/interventions/${page.url().split("/").at(-1)}`);
  assert.equal(made.affectations[0].technicien_nom, byDay.nom);
  assert.deepEqual(faults.filter((fault) => !fault.includes("409")), []);
});

test("what is missing is said beside its field", async (t) => {
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/interventions/nouvelle");
  await page.getByRole("button", { name: "Créer l’intervention" }).click();
  await page.getByText("Choisissez l’équipement.").waitFor();
  await page.getByText("Dites en quelques mots ce qu’il y a à faire.").waitFor();
  assert.deepEqual(faults, []);
});

test("work is moved on the board by keyboard alone, with what the step asks for", async (t) => {
  const made = await create({ titre: "Tableau au clavier", equipement_id: 3, technicien_id: 1 });
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/tableau?q=tableau+au+clavier");
  const move = async (to) => {
    await page.getByRole("button", { name: `Déplacer ${made.numero}` }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: to }).waitFor();
    await assertAccessible(page, "the menu of a card");
    await page.getByRole("menuitem", { name: to }).focus();
    await page.keyboard.press("Enter");
  };
  const column = (name) => page.getByRole("region", { name }).getByText("Tableau au clavier");
  await move("Mettre en cours");
  await column("En cours").waitFor();
  await move("Mettre en attente de pièces");
  await page.keyboard.type("Joint à lèvres 40 × 62");
  await page.getByRole("dialog").getByRole("button", { name: "Mettre en attente de pièces" }).press("Enter");
  await column("En attente de pièces").waitFor();
  await move("Mettre en cours");
  await column("En cours").waitFor();
  await move("Terminer");
  await page.getByRole("menu").waitFor({ state: "detached" });
  await assertAccessible(page, "finishing");
  await picture(page, "travail-terminer");
  await page.getByRole("dialog").getByRole("button", { name: "Terminer" }).click();
  await page.getByText("Dites ce qui a été fait.").waitFor();
  await page.getByLabel("Compte rendu").fill("Joint remplacé, essai sous pression.");
  await page.getByRole("dialog").getByRole("button", { name: "Terminer" }).click();
  await column("Terminée").waitFor();
  const { items } = await api(`/interventions/${made.id}/historique`);
  assert.deepEqual(items.filter(({ type }) => type === "statut").map(({ vers }) => vers), ["en_cours", "attente_pieces", "en_cours", "termine"]);
  assert.deepEqual(faults, []);
});

test("a card is dropped only where the server lets it go", async (t) => {
  const made = await create({ titre: "Tableau à la souris", equipement_id: 3, technicien_id: 1 });
  const alone = await create({ titre: "Tableau à la souris, sans personne", equipement_id: 3 });
  const { page, faults, go } = await signedIn(t, server.address, "responsable");
  await go("/tableau?q=tableau+souris");
  const card = (numero) => page.getByRole("listitem").filter({ hasText: numero });
  await card(made.numero).dragTo(page.getByRole("region", { name: "Terminée" }));
  await card(alone.numero).dragTo(page.getByRole("region", { name: "En cours" }));
  await card(made.numero).dragTo(page.getByRole("region", { name: "En cours" }));
  await page.getByRole("region", { name: "En cours" }).getByText(made.numero).waitFor();
  assert.equal(await statutOf(made.id), "en_cours");
  assert.equal(await statutOf(alone.id), "planifie");
  assert.deepEqual(faults, []);
});
