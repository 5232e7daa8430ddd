import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

const dist = fileURLToPath(new URL('dist', import.meta.url));

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/**
 * Tells the service worker which files make up this version, then packs each text as Brotli: for the few clients
 * that do not take it the server unpacks it.
 */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    closeBundle() {
      const built = files(dist).map((path) => relative(dist, path)).filter((path) => path !== 'sw.js');
      const version = createHash('sha256');
      for (const path of built) version.update(path).update(readFileSync(join(dist, path)));
      const worker = join(dist, 'sw.js');
      const text = readFileSync(worker, 'utf8')
        .replace('"__VERSION__"', JSON.stringify(version.digest('hex').slice(0, 16)))
        .replace('["__FILES__"]', JSON.stringify(built.filter((path) => path.startsWith('assets/'))));
      writeFileSync(worker, text);
      for (const path of files(dist).filter((path) => /\.(js|css|html|svg|json|webmanifest)$/.test(path))) {
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        const compressed = brotliCompressSync(readFileSync(path), { params });
        if (compressed.length >= statSync(path).size) continue;
        writeFileSync(`${path}.br`, compressed);
        rmSync(path);
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  base: '/',
  build: {
    target: ['chrome111', 'firefox128', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // For working on the interface: `npm run dev` beside a running server.
  // The host is passed on as it was asked for: the server takes requests of its own pages only.
  server: {
    proxy: Object.fromEntries(['/api', '/health', '/openapi.json'].map((path) =>
      [path, { target: process.env.ERP_SERVER ?? 'http://127.0.0.1:8080', changeOrigin: false }])),
  },
});
