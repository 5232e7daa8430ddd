// The technicien on a phone: the day, an intervention without reception from start to finish, and what may go wrong.
import assert from "node:assert/strict";
import { request as forward, createServer } from "node:http";
import { after, before, test } from "node:test";
import { startServer } from "./browser.mjs";
import { assertAccessible, assertFits, picture, signedIn } from "./interface.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DAY = 24 * 3600_000;

let server;
let plant;
before(async () => {
  server = await startServer();
  plant = await as("responsable");
});
after(() => server?.stop());

/** The API as somebody of the demonstration. */
async function as(username) {
  const body = new URLSearchParams({ grant_type: "password", username, password: "Demo-2026!" });
  const { access_token } = await (await fetch(`${server.address}/api/v1/auth/token`, { method: "POST", body })).json();
  const call = async (method, path, sent, headers = {}) => {
    const response = await fetch(`${server.address}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${access_token}`, ...(sent && { "Content-Type": "application/json" }), ...headers },
      body: sent && JSON.stringify(sent),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text.startsWith("<") ? text : JSON.parse(text || "null");
  };
  return { get: (path) => call("GET", path), send: call };
}

let made = 0;
/** Late work for our technicien, so that it stands in their day whatever the hour; with a checklist of every kind. */
async function newWork({ checklist = false } = {}) {
  made += 1;
  const me = await (await as("technicien")).get("/auth/me");
  const { items: machines } = await plant.get("/equipements/?page_size=10&statut=operationnel");
  let gamme_id;
  if (checklist) {
    const gamme = await plant.send("POST", "/gammes/", {
      nom: `Contrôle ${made}`,
      operations: [
        { libelle: "Machine consignée", type: "case", obligatoire: true },
        { libelle: "Jeu du palier", type: "mesure", obligatoire: true, unite: "mm", min: 0.1, max: 0.5 },
        { libelle: "Plaque du moteur", type: "photo", obligatoire: true },
        { libelle: "Observations", type: "texte", obligatoire: false },
      ],
    });
    await plant.send("POST", `/gammes/${gamme.id}/publication`);
    gamme_id = gamme.id;
  }
  return plant.send("POST", "/interventions/", {
    titre: `Essai de terrain ${made}`, type_intervention: "preventive", equipement_id: machines[made % machines.length].id,
    technicien_id: me.technicien_id, gamme_id, declaree_le: new Date(Date.now() - 3 * DAY).toISOString(),
    date_limite: new Date(Date.now() - DAY).toISOString(),
  });
}

/** Leaves somebody without time entered in the last minutes, which the demonstration may have done. */
async function freeLately(who) {
  const { items } = await who.get("/temps/?page_size=20&tri=-debut");
  for (const { id, fin } of items) {
    if (fin === null || Date.parse(fin) > Date.now() - 20 * 60_000) await plant.send("DELETE", `/temps/${id}`);
  }
}

async function onThePhone(t, role = "technicien", options = {}) {
  const opened = await signedIn(t, options.address ?? server.address, role, { ...PHONE, ...options });
  await opened.page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  return { ...opened, offline: (is) => opened.page.context().setOffline(is) };
}

/** Asks the page until it says yes. */
async function until(page, question, arg, patience = 30_000) {
  for (const end = Date.now() + patience; !(await page.evaluate(question, arg).catch(() => false));) {
    assert.ok(Date.now() < end, `waited in vain for ${question}`);
    await page.waitForTimeout(200);
  }
}

/** Waits until the device keeps a reading, by its key. */
const kept = (page, key) => until(page, (key) => new Promise((resolve) => {
  const open = indexedDB.open("interventions");
  open.onsuccess = () => {
    const get = open.result.transaction("values").objectStore("values").get("readings");
    get.onsuccess = () => {
      open.result.close();
      resolve(!!get.result?.clientState.queries.some(({ queryKey }) => JSON.stringify(queryKey) === key));
    };
  };
}), JSON.stringify(key));

/** The rows of the outbox as they are on the device. */
const rows = (page) => page.evaluate(() => new Promise((resolve) => {
  const open = indexedDB.open("envois");
  open.onsuccess = () => {
    const get = open.result.transaction("rows").objectStore("rows").getAll();
    get.onsuccess = () => { open.result.close(); resolve(get.result.map(({ kind, state }) => ({ kind, state }))); };
  };
}));

/** Waits until all that was done is sent, and whoever looks at the page reads so. */
async function allSent(page) {
  for (let tries = 0; (await rows(page).catch(() => [{}])).some(({ state }) => state !== "envoye"); tries += 1) {
    assert.ok(tries < 150, `unsent: ${JSON.stringify(await rows(page))}`);
    await page.waitForTimeout(200);
  }
  await page.getByRole("link", { name: /à envoyer$/ }).waitFor({ state: "detached" });
}

const photo = (page, quality = 60) => page.screenshot({ type: "jpeg", quality });
const file = (buffer, name = "photo.jpg") => ({ name, mimeType: "image/jpeg", buffer });
/** What a browser says of requests without reception is no fault of the page. */
const real = (faults) => faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/.test(fault));

test("a day without reception: all is done on the phone, survives a reload, and reaches the server once", async (t) => {
  const work = await newWork({ checklist: true });
  const { page, faults, go, offline } = await onThePhone(t);
  await page.getByText(work.titre).waitFor();
  await assertFits(page, "ma journée");
  await assertAccessible(page, "ma journée");
  await picture(page, "terrain-journee-390-fr");
  await kept(page, ["interventions", work.id, "historique"]);
  await kept(page, ["documents", { intervention_id: work.id }]);

  await offline(true);
  await page.getByText(work.titre).click();
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByText("En cours").first().waitFor();
  await page.getByText("En attente", { exact: true }).first().waitFor();

  await page.getByRole("button", { name: /Machine consignée Fait/ }).click();
  const measure = page.getByRole("textbox", { name: /Jeu du palier/ });
  await measure.fill("0,9");
  await page.getByText("Hors tolérance").waitFor();
  await measure.fill("0,3");
  await measure.blur();
  assert.equal(await page.getByText("Hors tolérance").count(), 0);
  const inputs = page.locator("input[type=file][capture]");
  await inputs.first().setInputFiles(file(await photo(page)));
  await page.getByText("3 sur 4").waitFor();
  // The page shows the camera of its photos after those of the checklist.
  for (const quality of [50, 70]) await inputs.last().setInputFiles(file(await photo(page, quality), `vue-${quality}.jpg`));
  await page.locator("img[alt^=vue-]").nth(1).waitFor();

  const { items: parts } = await plant.get("/pieces/?statut=actif&page_size=100");
  const { reference, designation } = parts.find(({ disponible }) => disponible >= 1);
  const part = `${reference} · ${designation}`;
  await page.getByRole("button", { name: "Utiliser une pièce" }).click();
  await page.getByRole("combobox", { name: "Pièce" }).fill(reference.toLowerCase());
  await page.getByRole("option", { name: part }).click();
  await page.getByRole("button", { name: "Enregistrer la sortie" }).click();
  await page.getByRole("paragraph").filter({ hasText: part }).waitFor();

  await page.getByRole("button", { name: "Terminer" }).click();
  await page.getByRole("textbox", { name: "Compte rendu" }).fill("Palier resserré, essai concluant.");
  await page.getByRole("dialog").getByRole("button", { name: "Terminer" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("Terminée").first().waitFor();
  await assertFits(page, "intervention hors ligne");
  await assertAccessible(page, "intervention hors ligne");

  await page.reload();
  await page.getByText("Terminée").first().waitFor();
  await page.locator("img[alt^=vue-]").nth(1).waitFor();
  await page.getByText("Palier resserré").waitFor();
  await picture(page, "terrain-hors-ligne-390-fr");
  await go("/envois");
  await page.getByText("Passer à Terminée").waitFor();
  await assertFits(page, "envois");
  await assertAccessible(page, "envois");
  await picture(page, "terrain-envois-390-fr");
  assert.equal((await plant.get(`/interventions/${work.id}`)).statut, "planifie");

  await offline(false);
  await page.getByText("Tout est envoyé").waitFor({ timeout: 30_000 });

  const after = await plant.get(`/interventions/${work.id}`);
  assert.equal(after.statut, "termine");
  assert.equal(after.compte_rendu, "Palier resserré, essai concluant.");
  const steps = (await plant.get(`/interventions/${work.id}/historique`)).items.filter(({ type }) => type === "statut");
  assert.deepEqual(steps.map(({ vers }) => vers), ["en_cours", "termine"]);
  const documents = (await plant.get(`/documents/?intervention_id=${work.id}`)).items;
  assert.equal(documents.length, 3);
  const used = (await plant.get(`/interventions/${work.id}/mouvements`)).items;
  assert.equal(used.length, 1);
  assert.equal(`${used[0].reference} · ${used[0].designation}`, part);
  const { operations } = await plant.get(`/interventions/${work.id}/checklist`);
  assert.equal(operations[0].reponse.coche, true);
  assert.equal(operations[1].reponse.valeur, 0.3);
  assert.equal(operations[1].precedentes.length, 0);
  assert.ok(documents.some(({ id }) => id === operations[2].reponse.document_id));
  assert.ok((await rows(page)).every(({ state }) => state === "envoye"));
  assert.deepEqual(real(faults), []);
});

test("somebody else changed it meanwhile: the technicien sees both, and chooses", async (t) => {
  const work = await newWork();
  const { page, faults, go, offline } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByText(work.numero).waitFor();
  await offline(true);
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByText("En attente", { exact: true }).first().waitFor();
  const version = { "If-Match": `"${work.version}"` };
  await plant.send("PATCH", `/interventions/${work.id}`, { priorite: "urgente", titre: "Essai renommé" }, version);

  await offline(false);
  await page.getByRole("link", { name: "Voir et décider" }).click();
  await page.getByRole("heading", { name: "Ce qui est là" }).waitFor();
  await page.getByText("Essai renommé").waitFor();
  await page.getByText("Urgente").waitFor();
  assert.equal((await plant.get(`/interventions/${work.id}`)).statut, "planifie", "nothing is overwritten");
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(400); // the menu slides away
    await assertFits(page, `conflit at ${width}`);
    await assertAccessible(page, `conflit at ${width}`);
    await picture(page, `terrain-conflit-${width}-fr`);
  }
  await page.getByRole("button", { name: "Garder le mien" }).click();
  await page.getByText("Tout est envoyé").waitFor();

  const after = await plant.get(`/interventions/${work.id}`);
  assert.deepEqual([after.statut, after.priorite, after.titre], ["en_cours", "urgente", "Essai renommé"]);
  assert.deepEqual(real(faults).filter((fault) => !fault.includes("412")), []);
});

test("theirs is kept when the technicien says so, and their own is gone only then", async (t) => {
  const work = await newWork({ checklist: true });
  const { operations } = await plant.get(`/interventions/${work.id}/checklist`);
  const { page, go, offline } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  const measure = page.getByRole("textbox", { name: /Jeu du palier/ });
  await measure.waitFor();
  await offline(true);
  await measure.fill("0,2");
  await measure.blur();
  await page.getByText("En attente", { exact: true }).first().waitFor();
  await plant.send("PUT", `/interventions/${work.id}/checklist/${operations[1].id}`, { valeur: 0.4 });
  await offline(false);
  await page.getByRole("link", { name: "Voir et décider" }).click();
  await page.getByText("0,2 mm").first().waitFor();
  await page.getByText("0,4 mm").first().waitFor();
  await page.getByRole("button", { name: "Garder ce qui est là" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Garder ce qui est là" }).click();
  await page.getByText("Tout est envoyé").waitFor();

  const { operations: after } = await plant.get(`/interventions/${work.id}/checklist`);
  assert.equal(after[1].reponse.valeur, 0.4);
});

test("a page that dies while its request is answered sends it again, and it acts once", async (t) => {
  const work = await newWork();
  const { page, go } = await onThePhone(t, "technicien", {});
  await go(`/interventions/${work.id}`);
  let heard = 0;
  await page.route(`**/interventions/${work.id}/commentaires`, async (route) => {
    if (route.request().method() !== "POST" || heard) return route.continue();
    heard += 1;
    await route.fetch();
    // The server has it; the page never hears so.
    await page.reload().catch(() => {});
  });
  await page.getByRole("textbox", { name: "Écrire un commentaire" }).fill("Dit une fois");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByRole("paragraph").filter({ hasText: "Dit une fois" }).waitFor();
  await allSent(page);

  assert.equal(heard, 1);
  assert.deepEqual((await rows(page)).map(({ state }) => state), ["envoye"]);
  const { items } = await plant.get(`/interventions/${work.id}/commentaires`);
  assert.deepEqual(items.map(({ texte }) => texte), ["Dit une fois"]);
});

test("signing out warns of what is unsent; nobody else on the device sees or sends it", async (t) => {
  const work = await newWork();
  const { page, faults, go, offline } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByText(work.numero).waitFor();
  await offline(true);
  await page.getByRole("textbox", { name: "Écrire un commentaire" }).fill("Gardé pour moi");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByText("Une modification à envoyer").waitFor();
  // The session ends for lack of the server, not the work.
  await go("/profil");
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.getByText("Tout n’est pas envoyé").waitFor();
  await page.waitForTimeout(400); // the window has come up
  await assertAccessible(page, "déconnexion");
  await picture(page, "terrain-quitter-390-fr");
  await page.getByRole("button", { name: "Rester connecté" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.getByRole("button", { name: "Garder pour plus tard et se déconnecter" }).click();
  await page.locator("input[autocomplete=username]").waitFor();
  await offline(false);

  const signIn = async (role) => {
    await page.locator("input[autocomplete=username]").fill(role);
    await page.locator("input[autocomplete=current-password]").fill("Demo-2026!");
    await page.locator("button[type=submit]").click();
    await page.locator("#contenu h1").waitFor();
  };
  await signIn("responsable");
  await go("/envois");
  await page.getByText("Tout est envoyé").waitFor();
  assert.equal(await page.getByText("Gardé pour moi").count(), 0);
  assert.deepEqual((await rows(page)).map(({ state }) => state), ["en_attente"]);
  await go("/profil");
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.locator("input[autocomplete=username]").waitFor();
  assert.equal((await plant.get(`/interventions/${work.id}/commentaires`)).items.length, 0);

  await signIn("technicien");
  await allSent(page);
  const { items } = await plant.get(`/interventions/${work.id}/commentaires`);
  assert.deepEqual(items.map(({ texte, auteur }) => [texte, auteur]), [["Gardé pour moi", "Youssef El Amrani"]]);
  assert.deepEqual(real(faults), []);
});

test("a device that is full says at once that nothing is kept, and the words stay in their field", async (t) => {
  const work = await newWork();
  const { page, go } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByText(work.numero).waitFor();
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
      if (this.name === "rows") throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, args);
    };
  });
  await page.getByRole("textbox", { name: "Écrire un commentaire" }).fill("Sans place");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByText("La mémoire de l’appareil est pleine").waitFor();

  assert.equal(await page.getByRole("textbox", { name: "Écrire un commentaire" }).inputValue(), "Sans place");
  assert.equal(await page.getByText("En attente", { exact: true }).count(), 0);
  assert.deepEqual(await rows(page), []);
  assert.equal((await plant.get(`/interventions/${work.id}/commentaires`)).items.length, 0);
});

test("the timer pressed without reception counts from when it was pressed", async (t) => {
  const work = await newWork();
  await freeLately(await as("technicien"));
  const { page, go, offline } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByRole("button", { name: "Chronomètre" }).waitFor();
  await allSent(page);
  await offline(true);
  const pressed = await page.evaluate(() => Date.now());
  await page.getByRole("button", { name: "Chronomètre" }).click();
  await page.getByRole("button", { name: /Arrêter/ }).waitFor();
  // The clock of the server cannot be moved: the device's is, so that pressing lies ten minutes back when it is sent.
  await page.evaluate(() => {
    const open = indexedDB.open("envois");
    return new Promise((resolve) => {
      open.onsuccess = () => {
        const store = open.result.transaction("rows", "readwrite").objectStore("rows");
        store.getAll().onsuccess = ({ target }) => {
          for (const row of target.result) if (row.kind === "chrono_debut") store.put({ ...row, at: row.at - 600_000 });
          store.transaction.oncomplete = () => { open.result.close(); resolve(); };
        };
      };
    });
  });
  await offline(false);
  await allSent(page);
  await page.getByRole("button", { name: /Arrêter \(10 min\)/ }).waitFor();

  const [entry] = (await plant.get(`/interventions/${work.id}/temps`)).items;
  assert.ok(Math.abs(Date.parse(entry.debut) - (pressed - 600_000)) < 10_000, entry.debut);
  assert.ok(entry.en_cours);
  await page.getByRole("button", { name: /Arrêter/ }).click();
  await page.getByRole("button", { name: "Chronomètre" }).waitFor();
  await allSent(page);
  assert.equal((await plant.get(`/interventions/${work.id}/temps`)).items[0].en_cours, false);
});

test("a signature by finger and a large photo made smaller reach the server", async (t) => {
  const work = await newWork();
  const { page, faults, go } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByRole("button", { name: "Faire signer" }).click();
  await page.getByRole("textbox", { name: "Nom" }).fill("Amina Chraïbi");
  await page.getByRole("dialog").getByRole("button", { name: "Valider" }).click();
  await page.getByText("Il manque la signature.").waitFor();
  const pad = await page.getByRole("img", { name: "Signez ici" }).boundingBox();
  await page.mouse.move(pad.x + 40, pad.y + 60);
  await page.mouse.down();
  await page.mouse.move(pad.x + 200, pad.y + 120, { steps: 8 });
  await page.mouse.up();
  await assertAccessible(page, "signature");
  await picture(page, "terrain-signature-390-fr");
  await page.getByRole("dialog").getByRole("button", { name: "Valider" }).click();
  await page.getByText("Amina Chraïbi").waitFor();

  const noise = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 3200, height: 1600 });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(3200, 1600);
    for (let at = 0; at < pixels.data.length; at += 65_536) crypto.getRandomValues(pixels.data.subarray(at, Math.min(at + 65_536, pixels.data.length)));
    for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
    context.putImageData(pixels, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
    const reader = new FileReader();
    await new Promise((resolve) => { reader.onload = resolve; reader.readAsDataURL(blob); });
    return reader.result.split(",")[1];
  });
  const large = Buffer.from(noise, "base64");
  assert.ok(large.length > 2 * 1024 * 1024);
  await page.locator("input[type=file][capture]").last().setInputFiles(file(large, "grande.jpg"));
  await page.getByRole("button", { name: /grande\.jpg/ }).waitFor({ timeout: 30_000 });
  await allSent(page);

  const signature = await plant.get(`/interventions/${work.id}/signature`);
  assert.equal(signature.nom, "Amina Chraïbi");
  const [document] = (await plant.get(`/documents/?intervention_id=${work.id}`)).items;
  assert.equal(document.type_mime, "image/jpeg");
  assert.ok(document.taille < large.length, `${document.taille} of ${large.length}`);
  assert.deepEqual(real(faults), []);
});

test("awaiting a part names it, and reserves it", async (t) => {
  const work = await newWork();
  const { page, go } = await onThePhone(t);
  await go(`/interventions/${work.id}`);
  await page.getByRole("button", { name: "Commencer" }).click();
  await page.getByRole("button", { name: "Mettre en attente" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Mettre en attente" }).click();
  await form.getByText("Choisissez une pièce ou écrivez une remarque.").waitFor();
  await form.getByRole("combobox", { name: "Pièce" }).click();
  await page.getByRole("option").first().click();
  await assertAccessible(page, "attente");
  await picture(page, "terrain-attente-390-fr");
  await form.getByRole("button", { name: "Mettre en attente" }).click();
  await page.getByRole("button", { name: "Reprendre" }).waitFor();
  await allSent(page);

  assert.equal((await plant.get(`/interventions/${work.id}`)).statut, "attente_pieces");
  assert.equal((await plant.get(`/interventions/${work.id}/pieces`)).items.length, 1);
});

test("the camera reads the label of a machine, and a problem is reported from there without reception", async (t) => {
  const { items: [machine] } = await plant.get("/equipements/?page_size=1&statut=operationnel");
  const label = await plant.get(`/equipements/${machine.id}/qr.svg`);
  const { page, faults, go, offline } = await onThePhone(t);
  // A camera that looks at the label.
  await page.evaluate(async (svg) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 960 });
    const context = canvas.getContext("2d");
    const draw = () => {
      context.fillStyle = "#ccc";
      context.fillRect(0, 0, 1280, 960);
      context.drawImage(image, 420, 260, 440, 440);
    };
    draw();
    setInterval(draw, 100);
    const devices = { getUserMedia: async () => canvas.captureStream(10) };
    Object.defineProperty(navigator, "mediaDevices", { value: devices, configurable: true });
  }, label);
  await go("/scanner");
  await page.waitForURL(`**/e/${machine.jeton}`);
  await page.getByRole("heading", { name: machine.nom, level: 1 }).waitFor();
  await assertFits(page, "machine");
  await assertAccessible(page, "machine");
  await picture(page, "terrain-machine-390-fr");

  await offline(true);
  await page.getByRole("button", { name: "Signaler un problème" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Signaler" }).click();
  await page.getByText("Dites en quelques mots").waitFor();
  await page.getByRole("textbox", { name: "Que se passe-t-il ?" }).fill("Bruit au démarrage");
  await page.locator("input[type=file][capture]").last().setInputFiles(file(await photo(page)));
  await page.locator("img[alt='photo.jpg']").waitFor();
  await assertAccessible(page, "signaler");
  await picture(page, "terrain-signaler-390-fr");
  await page.getByRole("dialog").getByRole("button", { name: "Signaler" }).click();
  await page.getByText("Signalé : Bruit au démarrage").waitFor();
  await offline(false);
  await allSent(page);

  const { items } = await plant.get("/demandes/?q=Bruit au démarrage");
  const demande = items.find(({ titre }) => titre === "Bruit au démarrage");
  assert.equal(demande.equipement_id, machine.id);
  assert.equal((await plant.get(`/documents/?demande_id=${demande.id}`)).items.length, 1);
  assert.deepEqual(real(faults), []);
});

test("a code that no machine has says so; one that is typed opens its machine", async (t) => {
  const { items: [machine] } = await plant.get("/equipements/?page_size=1");
  const { page, go } = await onThePhone(t);
  await go("/scanner");
  await assertFits(page, "scanner");
  await assertAccessible(page, "scanner");
  await picture(page, "terrain-scanner-390-fr");
  await page.getByRole("textbox", { name: "Code de l’équipement" }).fill("INCONNUE 9");
  await page.keyboard.press("Enter");
  await page.getByText("Aucun équipement de ce code").waitFor();
  await page.getByRole("link", { name: "Scanner de nouveau" }).click();
  await page.getByRole("textbox", { name: "Code de l’équipement" }).fill(machine.code.toLowerCase());
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await page.getByRole("heading", { name: machine.nom, level: 1 }).waitFor();
});

/** The server behind a name at which a new version of the interface can be put out. */
async function startUpdating() {
  const state = { version: "" };
  const proxy = createServer((request, response) => {
    const { port } = new URL(server.address);
    const { "if-none-match": _, ...headers } = { ...request.headers, "accept-encoding": "identity" };
    const asked = forward({ host: "127.0.0.1", port, path: request.url, method: request.method, headers }, (answer) => {
      const isWorker = request.url === "/sw.js";
      const { "content-length": _, etag, ...kept } = answer.headers;
      response.writeHead(answer.statusCode, isWorker ? kept : answer.headers);
      answer.pipe(response, { end: !isWorker });
      if (isWorker) answer.on("end", () => response.end(`\n// ${state.version}`));
    });
    request.pipe(asked);
    response.on("close", () => asked.destroy());
    asked.on("error", () => response.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return { state, address: `http://127.0.0.1:${proxy.address().port}`, stop: () => { proxy.closeAllConnections(); proxy.close(); } };
}

test("a new version of the interface is installed with work unsent, and all of it goes", async (t) => {
  const work = await newWork();
  const proxy = await startUpdating();
  t.after(proxy.stop);
  const { page, go, offline } = await onThePhone(t, "technicien", { address: proxy.address });
  await go(`/interventions/${work.id}`);
  await page.getByText(work.numero).waitFor();
  proxy.state.version = "next";
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await page.getByRole("button", { name: "Une nouvelle version est prête" }).waitFor();
  await offline(true);
  await page.getByRole("textbox", { name: "Écrire un commentaire" }).fill("Avant la mise à jour");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByText("Une modification à envoyer").waitFor();
  const reloaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Une nouvelle version est prête" }).click();
  await reloaded;
  await page.getByText("Avant la mise à jour").waitFor();
  assert.deepEqual((await rows(page)).map(({ state }) => state), ["en_attente"]);
  await offline(false);
  await allSent(page);

  assert.equal((await plant.get(`/interventions/${work.id}/commentaires`)).items.length, 1);
});

for (const [langue, colorScheme] of [["ar", "dark"], ["en", "light"], ["fr", "dark"]]) {
  test(`the pages of the technicien read in ${langue}, on a phone and on a desk`, async (t) => {
    const work = await newWork({ checklist: true });
    const { page, faults, go } = await onThePhone(t, "technicien", { colorScheme });
    await go("/profil");
    await page.locator(`input[value=${langue}]`).evaluate((radio) => radio.click());
    await page.waitForFunction((lang) => document.documentElement.lang === lang, langue);
    for (const [width, height] of [[390, 844], [1440, 900]]) {
      await page.setViewportSize({ width, height });
      for (const [name, path] of [["journee", "/"], ["fiche", `/interventions/${work.id}`], ["envois", "/envois"], ["scanner", "/scanner"], ["machine", `/e/${work.equipement_code}`]]) {
        await go(path);
        await page.waitForTimeout(300);
        await assertFits(page, `${name} in ${langue} at ${width}`);
        await assertAccessible(page, `${name} in ${langue} at ${width}`);
        await picture(page, `terrain-${name}-${width}-${langue}-${colorScheme}`);
      }
    }
    // As it was for the tests that follow.
    await go("/profil");
    await page.locator("input[value=fr]").evaluate((radio) => radio.click());
    await page.waitForFunction(() => document.documentElement.lang === "fr");
    assert.deepEqual(real(faults), []);
  });
}
