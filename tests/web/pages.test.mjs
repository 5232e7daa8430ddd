// Every page, for whoever has it: readable by all (axe), as wide as the window, no error on the console, nothing from
// another host. The pictures are for looking at.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./browser.mjs";
import { assertAccessible, assertFits, picture, signedIn } from "./interface.mjs";

let server;
before(async () => { server = await startServer(); });
after(() => server?.stop());

const PAGES = {
  responsable: [
    "/", "/interventions", "/tableau", "/interventions/nouvelle", "/interventions/1480", "/calendrier", "/demandes", "/demandes/nouvelle",
    "/demandes/10", "/planning", "/planning/nouveau", "/planning/3", "/equipements", "/equipements/7", "/etiquettes?id=1&id=2",
    "/pieces", "/pieces/3", "/techniciens", "/techniciens/1", "/taches", "/notifications", "/profil", "/nulle-part",
    "/calendrier?vue=semaine", "/calendrier?vue=tableau", "/planning/3/modifier", "/gammes", "/gammes/1", "/arbre", "/a-commander", "/inventaires", "/inventaires/1",
    "/fournisseurs", "/fournisseurs/1", "/documents", "/sites", "/sites/1", "/clients", "/clients/1", "/jours-feries", "/jours-feries/1", "/competences", "/competences/1",
    "/codes", "/codes/1", "/courriels", "/courriels/1",
  ],
  technicien: ["/", "/interventions", "/interventions/1472", "/scanner", "/envois", "/e/CAS-L1", "/calendrier", "/demandes", "/equipements", "/equipements/7", "/pieces", "/notifications"],
  client: ["/", "/interventions", "/demandes", "/demandes/nouvelle", "/equipements", "/arbre", "/documents", "/notifications", "/profil"],
  admin: ["/utilisateurs", "/utilisateurs/5", "/audit", "/taches", "/etat", "/sauvegardes", "/echanges"],
};

const LOOKS = [
  { width: 1440, height: 900, colorScheme: "light", langue: "fr" },
  { width: 390, height: 844, colorScheme: "dark", langue: "ar" },
];

for (const [role, paths] of Object.entries(PAGES)) {
  for (const { width, height, colorScheme, langue } of LOOKS) {
    test(`every page of ${role} at ${width} px, ${colorScheme}, ${langue}`, async (t) => {
      const { page, faults, go } = await signedIn(t, server.address, role, { viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
      if (langue !== "fr") {
        await go("/profil");
        await page.locator(`input[value=${langue}]`).evaluate((radio) => radio.click());
        await page.waitForFunction((lang) => document.documentElement.lang === lang, langue);
      }
      const wrong = [];
      for (const path of paths) {
        const name = `${role} ${path} ${width} ${langue}`;
        for (const check of [() => go(path), () => assertFits(page, name), () => assertAccessible(page, name)]) {
          await check().catch((error) => wrong.push(`${name}: ${error.message}`));
        }
        await picture(page, `${role}${path.replace(/[^a-z0-9]+/gi, "-")}-${width}-${colorScheme}-${langue}`);
      }
      assert.deepEqual(wrong, []);
      assert.deepEqual(faults.filter((fault) => !fault.includes("404")), [], "on the console");
    });
  }
}
