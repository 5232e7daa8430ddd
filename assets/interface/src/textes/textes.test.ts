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

/** What people read, without the names of keys and of what is filled in. */
const values = (texts: object): string[] =>
  Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value.replace(/\{\{[^}]*\}\}/g, '')] : values(value as object)));

test('one thing has one name: équipement and e-mail, in each language', () => {
  const others: Record<string, RegExp> = { fr: /machine|courriel/i, en: /\bmachine|(?<!e-)\bmail/i, ar: /آلة|الآلات/ };
  for (const [language, other] of Object.entries(others)) {
    const said = readdirSync(join(folder, language)).flatMap((page) => values(read(language, page)));
    expect(said.filter((text) => other.test(text))).toEqual([]);
  }
});

test('words that a plant does not say are not said', () => {
  const refused = [
    'Cela n’a pas marché', 'Personne encore', 'Attendre des pièces', 'Tous les combien', 'Créée combien', 'Si c’est férié', 'Dernière faite', 'Faire entrer', 'Ce qui ne va pas',
    'Ce que cela demande', 'Quand et par qui', 'Jusqu’à la fin de ce jour', 'Survenue le', 'Fil de l’intervention', 'Rien de tel', 'Oubli des', 'est laissée',
  ];
  const said = readdirSync(join(folder, 'fr')).flatMap((page) => values(read('fr', page)));
  expect(said.filter((text) => refused.some((words) => text.includes(words)))).toEqual([]);
});
