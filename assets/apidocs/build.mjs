// Gathers the API documentation pages into dist/, ready to be embedded: nothing they use may come from
// another host, for the server often runs where there is no network.
import { readFileSync, writeFileSync, readdirSync, mkdirSync, rmSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const here = (path) => new URL(path, import.meta.url);
const dist = here('dist/');

// A file is embedded as Brotli where that saves something, and only so: nearly every client takes it as it is, and
// for the others the server unpacks it.
const WORTH_COMPRESSING = 1024;

function emit(name, content) {
  const bytes = Buffer.from(content);
  if (bytes.length <= WORTH_COMPRESSING) return writeFileSync(new URL(name, dist), bytes);
  const br = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(new URL(`${name}.br`, dist), br);
}

// The source maps stay out of the executable, so the bundles must not point at them.
const withoutSourceMap = (text) => text.replace(/\n?(\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ \*\/|\/\*# sourceMappingURL=\S+\*\/)\s*$/, '\n');

// Redoc draws its maker's logo from a CDN; an empty picture takes its place. The string is looked for
// strictly, so that an upgrade of Redoc cannot bring the request back unseen.
const CDN_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

function withoutCdnLogo(text) {
  if (!text.includes(CDN_LOGO)) throw new Error(`Redoc no longer mentions ${CDN_LOGO}: check what it loads now`);
  return text.replaceAll(CDN_LOGO, EMPTY_PICTURE);
}

const library = (path) => readFileSync(here(`node_modules/${path}`), 'utf8');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

for (const name of readdirSync(here('src/'))) emit(name, readFileSync(here(`src/${name}`)));

// BaseLayout needs neither the standalone preset (the bar with the address field) nor the ES bundles.
emit('swagger-ui.css', withoutSourceMap(library('swagger-ui-dist/swagger-ui.css')));
emit('swagger-ui-bundle.js', withoutSourceMap(library('swagger-ui-dist/swagger-ui-bundle.js')));
emit('redoc.standalone.js', withoutCdnLogo(withoutSourceMap(library('redoc/bundles/redoc.standalone.js'))));

// Their licences ask to travel with the copies.
emit('LICENSES.txt', [
  'swagger-ui-dist/NOTICE',
  'swagger-ui-dist/LICENSE',
  'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
  'redoc/LICENSE',
  'redoc/bundles/redoc.standalone.js.LICENSE.txt',
].map((path) => `==== ${path} ====\n\n${library(path).trim()}\n`).join('\n'));
