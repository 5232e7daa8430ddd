// The plant and its store: what the office enters, counts and orders.
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

const signedIn = (t, role) => signedInAs(t, server.address, role, { reducedMotion: "reduce" });

test("a site is entered, found in its list, and changed through its address", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go("/sites");
  await page.getByRole("button", { name: "Nouveau site" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Nom" }).fill("Atelier de Fès");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.getByText("À remplir.").waitFor();
  await dialog.getByRole("textbox", { name: "Code" }).fill("FES");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "FES" }).or(page.getByText("Atelier de Fès")).first().click();
  await page.waitForURL(/\/sites\/\d+/);
  await dialog.getByRole("textbox", { name: "Adresse" }).fill("Route de Sefrou");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.waitForURL(/\/sites$/);

  const [made] = (await api("/sites/?q=FES")).items;
  assert.equal(made.adresse, "Route de Sefrou");
  assert.equal(made.fuseau, "Africa/Casablanca");
  assert.deepEqual(faults, []);
});

test("a machine is entered below another and moved; its meter has a plan that says why", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go("/equipements");
  await page.getByRole("button", { name: "Nouvel équipement" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Code" }).fill("CAS-ESSAI");
  await dialog.getByRole("textbox", { name: "Nom" }).fill("Pompe d’essai");
  await dialog.getByRole("combobox", { name: "Site" }).click();
  await page.getByRole("option", { name: "Conserverie de Casablanca" }).click();
  await dialog.getByRole("combobox", { name: "Type" }).fill("pompe");
  await page.keyboard.press("Escape");
  await dialog.getByRole("combobox", { name: "Fait partie de" }).fill("CAS-L1");
  await page.getByRole("option", { name: /^CAS-L1 ·/ }).click();
  await assertAccessible(page, "nouvel équipement");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: "Pompe d’essai" }).waitFor();
  await page.getByRole("navigation", { name: "Place dans l’usine" }).getByRole("link").first().waitFor();

  await page.getByRole("button", { name: "Nouveau compteur" }).click();
  await dialog.getByRole("textbox", { name: "Nom" }).fill("Heures de marche");
  await dialog.getByRole("combobox", { name: "Unité" }).fill("h");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("button", { name: "Relevés et plans : Heures de marche" }).click();
  await page.getByLabel("Nouveau relevé").fill("120");
  await page.getByRole("button", { name: "Saisir" }).click();
  await page.getByRole("cell", { name: "120 h" }).waitFor();
  await page.getByRole("button", { name: "Nouveau plan" }).click();
  await dialog.getByRole("textbox", { name: "Titre" }).fill("Vidange");
  await dialog.getByRole("textbox", { name: "Intervalle (h)" }).fill("500");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Prochain seuil : 620 h").waitFor();
  await assertAccessible(page, "compteur");
  await picture(page, "equipement-compteur-1440-fr");

  const [made] = (await api("/equipements/?code=CAS-ESSAI")).items;
  assert.ok(made.parent_id);
  await go("/arbre");
  await page.getByRole("link", { name: "Ligne de conditionnement 1" }).waitFor();
  assert.deepEqual(faults, []);
});

test("a checklist is written, put in order and published, and says what changes", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go("/gammes");
  await page.getByRole("button", { name: "Nouvelle gamme" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Nom" }).fill("Tour du matin");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: "Tour du matin" }).waitFor();
  await page.getByRole("button", { name: /Ajouter une opération|Modifier les opérations/ }).first().click();
  const operation = (index) => page.locator("li").filter({ has: page.getByLabel("Réponse attendue") }).nth(index);
  await operation(0).getByRole("textbox", { name: "Opération" }).fill("Niveau d’huile");
  await page.getByRole("button", { name: "Ajouter une opération" }).click();
  await operation(1).getByRole("textbox", { name: "Opération" }).fill("Pression");
  await operation(1).getByRole("combobox", { name: "Réponse attendue" }).click();
  await page.getByRole("option", { name: "Mesure" }).click();
  await operation(1).getByLabel("Maximum").fill("7,5");
  // With the other separator: typed, and pasted.
  const minimum = operation(1).getByLabel("Minimum");
  await minimum.pressSequentially("1.5");
  assert.equal(await minimum.inputValue(), "1,5");
  await minimum.clear();
  await minimum.evaluate((input) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", "2.5");
    input.focus();
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  assert.equal(await minimum.inputValue(), "2,5");
  await page.getByRole("button", { name: "Monter : Pression" }).click();
  await assertAccessible(page, "gamme");
  await picture(page, "gamme-1440-fr");
  await page.getByRole("button", { name: "Enregistrer le brouillon" }).click();
  await page.getByRole("button", { name: "Publier" }).click();
  await dialog.getByRole("button", { name: "Publier" }).click();
  await page.getByRole("heading", { name: "Version 1" }).waitFor();

  const [gamme] = (await api("/gammes/?q=Tour du matin")).items;
  const { publiee } = await api(`/gammes/${gamme.id}`);
  assert.deepEqual(publiee.operations.map(({ libelle, min, max }) => [libelle, min ?? null, max ?? null]), [["Pression", 2.5, 7.5], ["Niveau d’huile", null, null]]);
  await page.getByRole("button", { name: "Modifier les opérations" }).click();
  await page.getByRole("button", { name: "Retirer : Niveau d’huile" }).click();
  await page.getByRole("button", { name: "Enregistrer le brouillon" }).click();
  await page.getByText("Retirées : Niveau d’huile").waitFor();
  assert.deepEqual(faults, []);
});

test("parts are counted along the shelf, and the stock takes what was counted", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go("/inventaires");
  await page.getByRole("button", { name: "Nouvel inventaire" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Emplacement" }).fill("A-01");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.waitForURL(/\/inventaires\/\d+/);
  const id = Number(new URL(page.url()).pathname.split("/").pop());
  const [line] = (await api(`/inventaires/${id}`)).lignes;
  const count = page.getByRole("textbox", { name: `Compté : ${line.reference}` });
  await count.fill(String(line.theorique + 3));
  await count.press("Enter");
  await page.getByText("Écart : +3").waitFor();
  await assertAccessible(page, "inventaire");
  await page.getByRole("button", { name: "Clôturer" }).click();
  await dialog.getByRole("button", { name: "Clôturer" }).click();
  await page.getByText("Clôturé", { exact: true }).waitFor();

  assert.equal((await api(`/pieces/${line.piece_id}`)).stock, line.theorique + 3);
  await go("/a-commander");
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  const proposed = await api("/pieces/a-commander");
  assert.equal(await page.getByRole("heading", { level: 2 }).count(), proposed.groupes.length);
  assert.deepEqual(faults, []);
});

test("a price typed wrong at reception is put right, and what that changes is said by number", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  const post = (path, body) => api(path, { method: "POST", body });
  const piece = await post("/pieces/", { reference: "RDL-4", designation: "Rondelle", prix_unitaire: 0.0125 });
  const [work] = (await api("/interventions/?statut=en_cours&page_size=1")).items;
  await post(`/pieces/${piece.id}/mouvements`, { type: "entree", quantite: 1000, cout_unitaire: 1.25 });
  await post(`/pieces/${piece.id}/mouvements`, { type: "sortie", quantite: 400, intervention_id: work.id });
  const before = (await api(`/interventions/${work.id}`)).cout_total;
  await go(`/pieces/${piece.id}`);
  await page.getByRole("button", { name: "Corriger le prix" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Prix unitaire juste" }).fill("0,0125");
  await dialog.getByRole("button", { name: "Corriger le prix" }).click();
  await dialog.getByText("À remplir.").waitFor();
  await dialog.getByRole("textbox", { name: "Motif" }).fill("Prix du cent saisi pour un");
  await assertAccessible(page, "prix");
  await dialog.getByRole("button", { name: "Corriger le prix" }).click();
  await dialog.getByText("Prix corrigé de 1,25 à 0,0125. Valeur du stock : -742,50.").waitFor();
  await dialog.getByText("-495,00", { exact: true }).waitFor();
  await dialog.getByRole("link", { name: work.numero }).waitFor();
  await dialog.getByRole("button", { name: "Fermer" }).last().click();
  await page.getByText("avant : 1,25", { exact: true }).first().waitFor();
  await picture(page, "prix-1440-fr");

  assert.equal((await api(`/pieces/${piece.id}`)).valeur_stock, 7.5);
  assert.equal(Math.round(((await api(`/interventions/${work.id}`)).cout_total - before) * 100), -49500);
  assert.deepEqual(faults, []);
});

test("skills and hours of somebody are changed; a skill that ends soon stands out", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  await go("/techniciens/1");
  await page.getByRole("button", { name: "Modifier l’horaire" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Samedi" }).fill("le matin");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await dialog.getByText("Écrivez 08:00-12:00.").waitFor();
  await dialog.getByRole("textbox", { name: "Samedi" }).fill("8h00 - 12h00");
  await dialog.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("row", { name: "Samedi 08:00 – 12:00" }).waitFor();
  await page.getByText("Expire bientôt").waitFor();

  assert.deepEqual((await api("/techniciens/1")).horaire.samedi, [["08:00", "12:00"]]);
  assert.deepEqual(faults, []);
});

test("whoever leaves hands over: what is theirs is listed, goes to a colleague, and the sheet is found again", async (t) => {
  const { page, faults, go } = await signedIn(t, "responsable");
  const { items } = await api("/techniciens/?actif=true&page_size=200");
  const open = await Promise.all(items.map(async (who) => ({ who, theirs: await api(`/techniciens/${who.id}/a_remettre`) })));
  const { who, theirs } = open.filter(({ theirs }) => theirs.lots.some(({ type }) => type === "interventions")).at(-1);
  const heir = items.find(({ id }) => id !== who.id);
  await go(`/techniciens/${who.id}`);
  await page.getByRole("button", { name: "Fermer la fiche" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`Encore à ${who.nom} :`).waitFor();
  await assertAccessible(page, "à qui remettre");
  await dialog.getByRole("button", { name: "Fermer la fiche" }).click();
  await dialog.getByText("Choisissez un technicien, ou le vivier.").waitFor();
  await dialog.getByRole("combobox", { name: "Technicien" }).fill(heir.nom);
  await page.getByRole("option", { name: new RegExp(`^${heir.nom}`) }).click();
  await dialog.getByRole("button", { name: "Fermer la fiche" }).click();
  await dialog.getByText(`La fiche de ${who.nom} est fermée.`).waitFor();
  const first = theirs.lots.find(({ type }) => type === "interventions").items[0];
  await dialog.getByText(first.nom).waitFor();
  await assertAccessible(page, "ce qui est allé où");
  await dialog.getByRole("button", { name: "Fermer", exact: true }).last().click();
  await page.getByRole("button", { name: "Rouvrir la fiche" }).waitFor();

  await go("/techniciens");
  await page.getByRole("button", { name: "Fiches fermées aussi" }).click();
  await page.getByRole("link", { name: who.nom }).click();
  await page.getByRole("button", { name: "Rouvrir la fiche" }).click();
  await dialog.getByRole("button", { name: "Rouvrir la fiche" }).click();
  await page.getByRole("button", { name: "Fermer la fiche" }).waitFor();
  assert.equal((await api(`/techniciens/${who.id}`)).ferme_le, null);
  assert.equal((await api(`/techniciens/${who.id}/a_remettre`)).lots.some(({ type }) => type === "plans"), false);
  assert.deepEqual(faults, []);
});

test("the first administrator is made by the code of the server, and is signed in", async (t) => {
  const empty = await startServer({ demo: false });
  t.after(empty.stop);
  const { openPage } = await import("./browser.mjs");
  const { page, faults } = await openPage(t, empty.address);
  await page.goto(empty.setup);
  await page.getByRole("heading", { level: 1, name: "Premier administrateur" }).waitFor();
  assert.equal(new URL(page.url()).search, "", "the code is still in the address");
  await assertAccessible(page, "mise en service");
  await picture(page, "mise-en-service-1440-fr");
  await page.getByRole("textbox", { name: "Nom complet" }).fill("Amina Idrissi");
  await page.getByRole("textbox", { name: "Identifiant" }).fill("amina");
  await page.getByRole("textbox", { name: "Adresse e-mail" }).fill("amina@usine.ma");
  await page.locator("input[autocomplete=new-password]").fill("court");
  await page.getByRole("button", { name: "Créer le compte" }).click();
  await page.getByText("12 caractères au moins.").nth(1).waitFor();
  await page.locator("input[autocomplete=new-password]").fill("une phrase bien longue");
  await page.getByRole("button", { name: "Créer le compte" }).click();
  await page.locator("#contenu h1").waitFor();

  assert.equal(new URL(page.url()).pathname, "/");
  assert.deepEqual(faults.filter((fault) => !fault.includes("401")), []);
});
