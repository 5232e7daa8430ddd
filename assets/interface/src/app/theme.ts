import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';
import i18next from 'i18next';
import { locale } from './langue';

/** The blue of the product's sign, from the lightest to the darkest. */
const marine: MantineColorsTuple = [
  '#eef4fa', '#dbe6f1', '#b3cbe3', '#88aed5', '#6596c8', '#4e86c1', '#3f75ad', '#2d5f92', '#1f4c7a', '#16324f',
];

// What the library's own buttons are called, as functions: the language may change after the theme is made.
const closed = () => ({ closeButtonProps: { 'aria-label': i18next.t('fermer') } });
const cleared = () => ({ clearButtonProps: { 'aria-label': i18next.t('effacer') } });
const dates = () => ({
  // The library names this dialog after an element that is not there.
  popoverProps: { withRoles: false },
  ariaLabels: {
    nextMonth: i18next.t('dates.mois_suivant'),
    previousMonth: i18next.t('dates.mois_precedent'),
    nextYear: i18next.t('dates.annee_suivante'),
    previousYear: i18next.t('dates.annee_precedente'),
    nextDecade: i18next.t('dates.decennie_suivante'),
    previousDecade: i18next.t('dates.decennie_precedente'),
  },
});

/** How the reader's language writes the half of `1.5`. */
const decimalSeparator = () => (1.5).toLocaleString(locale()).includes('.') ? '.' : ',';

/** Numbers are typed with a comma or a point, and written as the reader's language does. */
const numbers = () => ({ size: 'md', decimalSeparator: decimalSeparator(), allowedDecimalSeparators: ['.', ','] });

export const theme = createTheme({
  colors: { marine },
  primaryColor: 'marine',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic Variable', sans-serif",
  headings: { fontWeight: '650' },
  components: {
    // 44 px and more under a thumb.
    Button: { defaultProps: { size: 'md' } },
    ActionIcon: { defaultProps: { size: 44, variant: 'subtle' } },
    TextInput: { defaultProps: { size: 'md' } },
    NumberInput: { defaultProps: numbers },
    PasswordInput: { defaultProps: { size: 'md' } },
    DatePicker: { defaultProps: dates },
    DatePickerInput: { defaultProps: () => ({ size: 'md', ...cleared(), ...dates() }) },
    Select: { defaultProps: () => ({ size: 'md', ...cleared() }) },
    MultiSelect: { defaultProps: () => ({ size: 'md', ...cleared() }) },
    // A list that stays in the page while it is closed is measured there, and opens half a field too far aside.
    Combobox: { defaultProps: { keepMounted: false } },
    Textarea: { defaultProps: { size: 'md', autosize: true, minRows: 3 } },
    // The library's own is in the colour of the ground, short of 4.5:1 on it.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' }, label: { color: 'var(--mantine-color-text)' } } },
    // What scrolls sideways is reached by keyboard.
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
    // The library's stand-in for the focus is no item of a menu.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // A word of a badge is never cut: it takes its width, and a second line where there is none.
    Badge: { styles: { root: { flexShrink: 0, height: 'auto', minHeight: 'var(--badge-height)', maxWidth: '100%', overflow: 'visible' }, label: { overflow: 'visible', whiteSpace: 'normal' } } },
    Modal: { defaultProps: () => ({ centered: true, ...closed() }) },
    Notification: { defaultProps: closed, styles: { title: { whiteSpace: 'normal' }, description: { whiteSpace: 'pre-line' }, body: { overflow: 'visible' } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 400 } },
  },
});

/** Secondary text, errors and links at 4.5:1 and more on every ground that it stands on. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#545f6a', '--mantine-color-placeholder': '#616c77', '--mantine-color-error': 'var(--mantine-color-red-9)' },
  dark: { '--mantine-color-dimmed': '#adb5bd', '--mantine-color-placeholder': '#9aa3ac', '--mantine-color-error': 'var(--mantine-color-red-3)', '--mantine-color-anchor': marine[3] },
});
