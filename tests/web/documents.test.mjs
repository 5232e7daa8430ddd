// What somebody hands in to do harm, opened in a real browser: no script of it runs, whether it is opened by
// itself, shown in place, or pulled into a page of the same address that means to run it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, startServer } from "./browser.mjs";

const CODE = "globalThis.ran=1;try{top.ran=1}catch{};alert(document.domain)";
const HTML = `<!DOCTYPE html><html><body><script>${CODE}</script><img src=x onerror="${CODE}"></body></html>`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${CODE}"><script>${CODE}</script></svg>`;
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const JPEG = Buffer.concat([Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"), Buffer.from(HTML), Buffer.from("ffd9", "hex")]);
const ZIP = Buffer.concat([Buffer.from("504b0304140000000000", "hex"), Buffer.alloc(16), Buffer.from("05000000", "hex"), Buffer.from("a.txt"), Buffer.from(HTML)]);
const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

/** Name, content, and whether it is taken in. */
const SAMPLES = [
  ["page.html", HTML, false],
  ["page.png", HTML, false],
  ["page.txt", HTML, false],
  ["dessin.svg", SVG, false],
  ["dessin.gif", SVG, false],
  ["feuille.xml", `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">${CODE}</x:script>`, false],
  ["code.js", CODE, false],
  ["code.txt", CODE, true],
  ["code.csv", CODE, true],
  ["presque.txt", `Bonjour ${HTML}`, true],
  ["latin1.txt", join([0xe9], HTML), true],
  ["utf7.txt", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", true],
  ["image.gif", join("GIF89a/*", [1, 0, 0, 0], `*/=1;${CODE}//;`), true],
  ["image.png", join(PNG, HTML), true],
  ["photo.jpg", JPEG, true],
  ["photo.webp", join("RIFF", [0x40, 0, 0, 0], "WEBPVP8 ", HTML, [0]), true],
  ["formulaire.pdf", `%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n${HTML}`, true],
  ["deux.pdf", join("%PDF-1.4\n", ZIP), true],
  ["archive.zip", ZIP, true],
  ["film.mp4", join([0, 0, 0, 0x18], "ftypisom", [0, 0, 2, 0], "isomiso2", HTML), true],
  ["film.webm", join([0x1a, 0x45, 0xdf, 0xa3, 0x42, 0x82, 0x84], "webm", HTML, Buffer.alloc(300)), true],
];

let server, token;
before(async () => {
  server = await startServer();
  const body = new URLSearchParams({ username: "responsable", password: "Demo-2026!" });
  const reply = await fetch(`${server.address}/api/v1/auth/token`, { method: "POST", body });
  token = (await reply.json()).access_token;
});
after(async () => server?.stop());

test("no script of a document runs, opened, shown or pulled into a page", async (t) => {
  const headers = { Authorization: `Bearer ${token}` };
  const { page } = await openPage(t, server.address, { extraHTTPHeaders: headers });
  const dialogs = [];
  page.on("dialog", (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
  const taken = [];
  for (const [name, content, expected] of SAMPLES) {
    const form = new FormData();
    form.set("equipement_id", "1");
    form.set("file", new File([content], name));
    const reply = await fetch(`${server.address}/api/v1/documents/`, { method: "POST", headers, body: form });
    assert.equal(reply.status, expected ? 201 : 422, `${name}: ${await reply.clone().text()}`);
    if (expected) taken.push([name, `/api/v1/documents/${(await reply.json()).id}`]);
  }
  assert.ok(taken.length >= 12);

  const ran = async (where) => {
    const marks = await Promise.all(page.frames().map((frame) => frame.evaluate(() => globalThis.ran).catch(() => undefined)));
    assert.ok(!marks.includes(1), `${where} ran`);
    assert.deepEqual(dialogs, [], where);
  };
  for (const [name, path] of taken) {
    for (const address of [`${path}/contenu`, `${path}/contenu?inline=1`, `${path}/miniature`]) {
      // What is saved instead of shown ends the visit with an error: that is as it should be.
      await page.goto(server.address + address).catch(() => {});
      await ran(`${name} at ${address}`);
    }
  }
  // A page of our own address without any policy of its own, as an attacker would wish for.
  const pulls = taken.map(([, path]) => {
    const source = `${path}/contenu?inline=1`;
    return `<script src="${source}"></script><script type="module" src="${source}"></script><iframe src="${source}"></iframe>
      <object data="${source}"></object><embed src="${source}"><img src="${source}"><link rel="stylesheet" href="${source}">`;
  });
  await page.route("**/hostile.html", (route) =>
    route.fulfill({ contentType: "text/html", body: `<!DOCTYPE html><script>globalThis.alive=1</script>${pulls.join("\n")}` }));
  await page.goto(`${server.address}/hostile.html`, { waitUntil: "load" });
  assert.equal(await page.evaluate(() => globalThis.alive), 1, "scripts do run in this browser");
  await ran("a page that pulls them in");
});
