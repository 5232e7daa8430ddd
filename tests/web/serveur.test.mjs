// What the one person who keeps the server alive sees of it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { openPage, startServer } from "./browser.mjs";
import { assertAccessible, client, signedIn } from "./interface.mjs";

const server = await startServer();
test.after(server.stop);

test("a backup is made, taken away and rehearsed, and the state of the server knows it", async (t) => {
  const { page, go } = await signedIn(t, server.address, "admin");
  await go("/etat");
  await page.getByText("Il n’y a pas encore de sauvegarde").waitFor();

  await page.getByRole("status").filter({ hasText: "sauvegarde" }).getByRole("link", { name: "Voir" }).click();
  await page.getByRole("button", { name: "Sauvegarder maintenant" }).click();
  const row = page.getByRole("row", { name: /erp-\d+T\d+Z\.tar\.zst/ });
  await row.waitFor();
  const coming = page.waitForEvent("download");
  await row.getByRole("button", { name: /Télécharger/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Télécharger" }).click();
  assert.match((await coming).suggestedFilename(), /^erp-\d+T\d+Z\.tar\.zst$/);
  await row.getByRole("button", { name: "Essayer" }).click();
  await row.getByText("réussi").waitFor();

  await go("/etat");
  await page.getByText("Dernière sauvegarde").waitFor();
  assert.equal(await page.getByText("Il n’y a pas encore de sauvegarde").count(), 0);
  await go("/audit");
  await page.getByText("sauvegarde.telechargement").first().waitFor();
});

test("machines come in from a file once every row is good, and are taken back", async (t) => {
  const admin = await client(server.address, "admin");
  const [site] = (await admin("/sites/")).items;

  const { page: office, go: to, faults } = await signedIn(t, server.address, "admin");
  await to("/echanges");
  const choose = async (name, text) => {
    const chooser = office.waitForEvent("filechooser");
    await office.getByRole("button", { name: "Choisir un fichier…" }).click();
    await (await chooser).setFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  };
  await choose("faux.csv", `code;nom;type;site\nWEB-1;Tour;tour;${site.code}\nWEB-2;Ailleurs;tour;NULLE\n`);
  await office.getByText("faux.csv : rien n’a été gardé. Lignes : 2, erreurs : 1.").waitFor();
  await office.getByText("« NULLE » n’existe pas").waitFor();
  await choose("bon.csv", `code;nom;type;site\nWEB-1;Tour;tour;${site.code}\n`);
  await office.getByText("bon.csv : tout est bon. Lignes : 1.").waitFor();
  await office.getByRole("button", { name: "Importer", exact: true }).click();
  await office.getByText("bon.csv : importé. Lignes : 1.").waitFor();
  const api = await client(server.address, "admin");
  assert.equal((await api("/equipements/?q=WEB-1")).total, 1);

  const download = office.waitForEvent("download");
  await office.getByRole("button", { name: "Excel" }).click();
  assert.equal((await download).suggestedFilename(), "equipements.xlsx");
  await office.getByRole("button", { name: "Annuler l’import" }).click();
  await office.getByRole("dialog").getByRole("button", { name: "Annuler l’import" }).click();
  await office.getByText("annulé").waitFor();
  assert.equal((await api("/equipements/?q=WEB-1")).total, 0);
  assert.deepEqual(faults, []);
});

/** What an authenticator application shows now (RFC 6238), `steps` half minutes later. */
function totp(secret, steps = 0) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a second factor is set up, asked for, required of others, and a recovery code stands in", async (t) => {
  const { page, go, faults } = await signedIn(t, server.address, "admin");
  await go("/profil");
  await page.getByRole("button", { name: "Mettre en place" }).click();
  const card = page.locator("section").filter({ hasText: "Double authentification" });
  await card.getByLabel("Votre mot de passe").fill("Demo-2026!");
  await card.getByRole("button", { name: "Continuer" }).click();
  const secret = await card.locator("code").first().innerText();
  await page.waitForFunction(() => document.querySelector("section img")?.naturalWidth > 0);
  await assertAccessible(page, "double");
  await card.getByLabel("Code à six chiffres").fill(totp(secret));
  await card.getByRole("button", { name: "Confirmer" }).click();
  await card.getByText("Vos codes de secours").waitFor();
  const recovery = await card.locator("code").allInnerTexts();
  assert.equal(recovery.length, 10);
  await card.getByRole("button", { name: "Je les ai gardés" }).click();
  await card.getByText("Il reste 10 codes de secours.").waitFor();

  await go("/utilisateurs");
  await page.getByRole("switch", { name: /L’exiger/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Exiger" }).click();
  await page.getByRole("switch", { name: /L’exiger/, checked: true }).waitFor();

  // The next code of the application, then a code of paper.
  for (const code of [totp(secret, 1), recovery[4]]) {
    const { page: other } = await openPage(t, server.address);
    await other.goto(server.address);
    await other.getByLabel("Identifiant ou adresse e-mail").fill("admin");
    await other.getByLabel("Mot de passe", { exact: true }).fill("Demo-2026!");
    await other.getByRole("button", { name: "Se connecter" }).click();
    await other.getByLabel("Code de votre application").fill(code);
    await other.getByRole("button", { name: "Se connecter" }).click();
    await other.getByRole("heading", { level: 1, name: "Tableau de bord" }).waitFor();
  }

  const { page: theirs } = await openPage(t, server.address);
  await theirs.goto(server.address);
  await theirs.getByLabel("Identifiant ou adresse e-mail").fill("responsable");
  await theirs.getByLabel("Mot de passe", { exact: true }).fill("Demo-2026!");
  await theirs.getByRole("button", { name: "Se connecter" }).click();
  await theirs.getByText("Votre rôle la demande").waitFor();
  await assertAccessible(theirs, "double exigée");
  await theirs.getByRole("button", { name: "Mettre en place" }).click();
  await theirs.getByLabel("Votre mot de passe").fill("Demo-2026!");
  await theirs.getByRole("button", { name: "Continuer" }).click();
  const another = await theirs.locator("section code").first().innerText();
  await theirs.getByLabel("Code à six chiffres").fill(totp(another));
  await theirs.getByRole("button", { name: "Confirmer" }).click();
  await theirs.getByRole("button", { name: "Je les ai gardés" }).click();
  await theirs.getByRole("heading", { level: 1, name: "Tableau de bord" }).waitFor();
  assert.deepEqual(faults, []);
});
