// Measures the interface in a browser: node measure.mjs. Not a test: the machine's mood is in the figures.
//   TESTED_EXECUTABLE   the executable, built with --release
//   TESTED_DATA         a data directory with many interventions (`seed --profile volume --interventions 100000`);
//                       without it only the demonstration is measured
import { spawn } from "node:child_process";
import { openPage, startServer } from "./browser.mjs";
import { signedIn } from "./interface.mjs";

const kept = [];
const t = { after: (run) => kept.push(run) };
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const print = (name, value) => console.log(`${name.padEnd(56)} ${value}`);

const server = await startServer();
t.after(server.stop);

/** The largest contentful paint and the sum of the jumps of a page that is loaded anew. */
async function paint(page, url) {
  await page.goto(url);
  await page.waitForLoadState("load");
  await page.waitForFunction(() => document.querySelector("h1") && !document.querySelector("[aria-busy=true]"));
  return page.evaluate(() => new Promise((resolve) => {
    const seen = { lcp: 0, cls: 0 };
    new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) seen.lcp = startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => { for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) seen.cls += value; }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(seen), 1000);
  }));
}

async function paints(name, page, url) {
  const seen = [];
  for (let run = 0; run < 7; run += 1) seen.push(await paint(page, url));
  print(`${name}: largest contentful paint, ms (worst)`, `${median(seen.map(({ lcp }) => lcp)).toFixed(0)} (${Math.max(...seen.map(({ lcp }) => lcp)).toFixed(0)})`);
  print(`${name}: layout shift (worst)`, Math.max(...seen.map(({ cls }) => cls)).toFixed(4));
}

const { page: first } = await openPage(t, server.address, { serviceWorkers: "block" });
await paints("sign-in, nothing kept", first, server.address);
for (const [role, path] of [["responsable", "/"], ["responsable", "/interventions"], ["responsable", "/calendrier"], ["technicien", "/"], ["client", "/"]]) {
  const { page } = await signedIn(t, server.address, role, role === "technicien" ? { viewport: { width: 390, height: 844 } } : {});
  await paints(`${role} ${path}`, page, `${server.address}${path}`);
}

if (process.env.TESTED_DATA) {
  const many = spawn(process.env.TESTED_EXECUTABLE, ["serve", "--listen", "127.0.0.1:0", "--data-dir", process.env.TESTED_DATA], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ERP_LOG_LEVEL: "warn" } });
  t.after(() => many.kill());
  const address = await new Promise((resolve) => { let said = ""; many.stdout.on("data", (chunk) => { said += chunk; const found = said.match(/http:\/\/127\.0\.0\.1:\d+/); if (found) resolve(found[0]); }); });
  const { page, go } = await signedIn(t, address, "admin");
  const replies = [];
  page.on("requestfinished", async (request) => {
    if (!/\/(filters\/interventions|interventions\/?)\?/.test(request.url())) return;
    const { requestStart, responseEnd } = request.timing();
    replies.push({ ms: responseEnd - requestStart, url: decodeURIComponent(request.url().split("?")[1] ?? "") });
  });
  const each = async (name, run) => {
    replies.length = 0;
    await run();
    await page.waitForTimeout(1500);
    print(`100,000: ${name}: replies, median and worst, ms`, `${replies.length}: ${median(replies.map(({ ms }) => ms))?.toFixed(0)}, ${Math.max(...replies.map(({ ms }) => ms)).toFixed(0)}`);
  };
  await each("the list opens, just after the start", () => go("/interventions"));
  await each("the list opens again", () => go("/interventions"));
  await each("scrolled by 40 screens", async () => { for (let at = 0; at < 40; at += 1) { await page.evaluate(() => window.scrollBy(0, 900)); await page.waitForTimeout(60); } });
  await each("jumped into the middle", () => page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2)));
  for (const search of ["?statut=planifie", "?priorite=urgente&statut=termine", "?en_retard=true", "?tri=titre", "?tri=-date_limite&site_id=1", "?q=pompe", "?q=fuite+huile"]) {
    await each(search, () => go(`/interventions${search}`));
  }
}
for (const run of kept.reverse()) await run();
