import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = import.meta.dirname;
const read = (language: string, page: string) => JSON.parse(readFileSync(join(folder, language, page), 'utf8'));

/** The keys of all texts, plural forms (which differ by language) as one. */
function keys(texts: object, before = ''): string[] {
  const found = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [before + key.replace(/_(zero|one|two|few|many|other)$/, '')] : keys(value, `${before}${key}.`));
  return [...new Set(found)].sort();
}

const variables = (texts: object): string[] => [...JSON.stringify(texts).matchAll(/\{\{(\w+)/g)].map(([, name]) => name!).sort();

for (const page of readdirSync(join(folder, 'fr'))) {
  for (const language of ['en', 'ar']) {
    test(`${page} says in ${language} all that it says in French`, () => {
      expect(keys(read(language, page))).toEqual(keys(read('fr', page)));
      expect([...new Set(variables(read(language, page)))]).toEqual([...new Set(variables(read('fr', page)))]);
    });
  }
}
