import { beforeEach, expect, test, vi } from 'vitest';

const root = { lang: '' };

beforeEach(() => {
  vi.stubGlobal('location', { origin: 'https://gmao.test' });
  vi.stubGlobal('document', { documentElement: root });
});

test('the server is asked for the language of the page, and for French where it has no such language', async () => {
  const { acceptLanguage } = await import('./client');
  const asked = ['fr', 'en', 'ar', '', 'de'].map((lang) => {
    root.lang = lang;
    return acceptLanguage();
  });
  expect(asked).toEqual(['fr', 'en', 'ar', 'fr', 'fr']);
});
