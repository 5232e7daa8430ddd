// What the one person who keeps the server alive sees of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "./browser.mjs";
import { signedIn } from "./interface.mjs";

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
