// A real browser (Debian's chromium) against the real executable on demo data.
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.TESTED_EXECUTABLE;
export const PICTURES = join(import.meta.dirname, "..", "pictures");

/** Starts the server on a free port, on demo data or on none; resolves once it has said its address and set-up link. */
export async function startServer({ demo = true } = {}) {
  const data = mkdtempSync(join(tmpdir(), "erp-web-"));
  const server = spawn(EXECUTABLE, ["serve", ...(demo ? ["--demo"] : []), "--listen", "127.0.0.1:0", "--data-dir", data], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ERP_LOG_LEVEL: "warn" },
  });
  const { address, setup } = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const address = said.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
      const setup = said.match(/http:\S+\/setup\?code=\S+/)?.[0];
      if (address && (demo || setup)) resolve({ address, setup });
    });
    server.on("exit", (code) => reject(new Error(`the server stopped with ${code}`)));
  });
  const stop = async () => {
    server.removeAllListeners("exit");
    const gone = new Promise((resolve) => server.on("exit", resolve));
    server.kill("SIGTERM");
    await gone;
    rmSync(data, { recursive: true, force: true });
  };
  return { address, setup, stop };
}

/** A page for one test, on the clock of the demonstration's plant unless another is asked for, that remembers what went wrong on it: console errors, and requests to another host. */
export async function openPage(t, address, options = {}) {
  mkdirSync(PICTURES, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  t.after(() => browser.close());
  const context = await browser.newContext({ locale: "fr-FR", timezoneId: "Africa/Casablanca", ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) faults.push(`left for another host: ${url}`);
  });
  return { page, faults };
}
