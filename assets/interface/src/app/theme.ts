import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';

/** The blue of the product's sign, from the lightest to the darkest. */
const marine: MantineColorsTuple = [
  '#eef4fa', '#dbe6f1', '#b3cbe3', '#88aed5', '#6596c8', '#4e86c1', '#3f75ad', '#2d5f92', '#1f4c7a', '#16324f',
];

export const theme = createTheme({
  colors: { marine },
  primaryColor: 'marine',
  primaryShade: { light: 7, dark: 4 },
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
    NumberInput: { defaultProps: { size: 'md' } },
    PasswordInput: { defaultProps: { size: 'md' } },
    DateInput: { defaultProps: { size: 'md' } },
    DatePickerInput: { defaultProps: { size: 'md' } },
    DateTimePicker: { defaultProps: { size: 'md' } },
    Select: { defaultProps: { size: 'md' } },
    MultiSelect: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md', autosize: true, minRows: 3 } },
    // The library's own is in the colour of the ground, short of 4.5:1 on it.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Modal: { defaultProps: { centered: true } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 400 } },
  },
});

/** Secondary text at 4.5:1 and more on every ground that it stands on. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#545f6a', '--mantine-color-placeholder': '#616c77' },
  dark: { '--mantine-color-dimmed': '#adb5bd', '--mantine-color-placeholder': '#9aa3ac' },
});
