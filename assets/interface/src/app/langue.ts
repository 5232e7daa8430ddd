//! The languages of the interface: each text is in `textes/<language>/<page>.json`.

import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import 'dayjs/locale/fr';
import 'dayjs/locale/ar';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

dayjs.extend(utc);
dayjs.extend(timezone);

export const LANGUES = { fr: 'Français', en: 'English', ar: 'العربية' } as const;
export type Langue = keyof typeof LANGUES;

const files = import.meta.glob<{ default: Record<string, unknown> }>('../textes/*/*.json');
const listeners = new Set<() => void>();

function atFirst(): Langue {
  const wished = [localStorage.getItem('langue'), ...navigator.languages.map((language) => language.slice(0, 2))];
  return wished.find((language): language is Langue => !!language && language in LANGUES) ?? 'fr';
}

export async function startLangue() {
  await i18next
    .use({
      type: 'backend',
      read: (language: string, page: string, done: (error: Error | null, texts?: Record<string, unknown>) => void) => {
        const load = files[`../textes/${language}/${page}.json`];
        if (!load) return done(new Error(`no texts ${language}/${page}`));
        load().then(({ default: texts }) => done(null, texts), done);
      },
    })
    .use(initReactI18next)
    .init({
      lng: atFirst(),
      fallbackLng: false,
      ns: ['commun', 'valeurs'],
      defaultNS: 'commun',
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  await learnRefusals(i18next.language as Langue);
  apply(i18next.language as Langue);
}

/** What the server refuses is told in its own words in French and English; in Arabic, by the code of its answer. */
async function learnRefusals(langue: Langue) {
  if (langue !== 'ar') return;
  const { default: texts } = await files['../textes/ar/erreurs.json']!();
  i18next.addResourceBundle('ar', 'erreurs', texts);
}

let chosen: Langue | null = null;

/** Who is not signed in chose this language: it is theirs once they are. */
export function choose(langue: Langue) {
  chosen = langue;
  return speak(langue);
}

/** The language that was chosen before signing in; said once, for it is nobody else's. */
export function takeChosen(): Langue | null {
  const said = chosen;
  chosen = null;
  return said;
}

/** Changes the language of this device. */
export async function speak(langue: Langue) {
  localStorage.setItem('langue', langue);
  if (langue === 'ar') await import('@fontsource-variable/noto-sans-arabic');
  if (langue !== i18next.language) await i18next.changeLanguage(langue);
  await learnRefusals(langue);
  apply(langue);
}

function apply(langue: Langue) {
  document.documentElement.lang = langue;
  document.documentElement.dir = direction();
  dayjs.locale(langue);
  for (const listener of listeners) listener();
}

export const langue = () => i18next.language as Langue;
export const direction = () => (i18next.language === 'ar' ? 'rtl' : 'ltr');

/** For `useSyncExternalStore`: calls back when the language has changed. */
export function onLangue(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For `Intl`: Arabic with the digits that the Maghreb writes. */
export const locale = () => ({ fr: 'fr-FR', en: 'en-GB', ar: 'ar-MA' })[langue()];
