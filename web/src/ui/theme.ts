import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Mantine wants ten shades; ours are tokens, so a colour of the theme is the same token ten times. */
const ofToken = (token: string): MantineColorsTuple => {
  const value = `var(--${token})`;
  return [value, value, value, value, value, value, value, value, value, value];
};

const token = (name: string): string => `var(--${name})`;

/** Mantine's own greys, which its style sheets name directly: the same places of the scale, in our tokens. */
const gray: MantineColorsTuple = [
  token('hover'),
  token('sunken'),
  token('border'),
  token('border'),
  token('border-strong'),
  token('text-3'),
  token('text-3'),
  token('text-2'),
  token('text'),
  token('text'),
];
const dark: MantineColorsTuple = [
  token('text'),
  token('text-2'),
  token('text-3'),
  token('text-3'),
  token('border-strong'),
  token('hover'),
  token('surface'),
  token('surface'),
  token('sunken'),
  token('sunken'),
];

/** The theme, set once. Every colour is a token of `tokens.css`; components name tokens and nothing else. */
export const theme = createTheme({
  primaryColor: 'primary',
  primaryShade: 6,
  colors: { primary: ofToken('primary-solid'), danger: ofToken('danger'), gray, dark },
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.3334', sm: '1.3847', md: '1.4667', lg: '1.5295', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '2px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  breakpoints: { xs: '30em', sm: '48em', md: '64em', lg: '80em', xl: '100em' },
  shadows: {
    xs: 'none',
    sm: 'none',
    md: 'var(--shadow-overlay)',
    lg: 'var(--shadow-overlay)',
    xl: 'var(--shadow-overlay)',
  },
  headings: {
    fontFamily: 'var(--font-ui)',
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '2.125rem', fontWeight: '700' },
      h2: { fontSize: '1.25rem', lineHeight: '1.625rem' },
      h3: { fontSize: '1rem', lineHeight: '1.375rem' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'never',
  activeClassName: '',
  components: {
    Button: { defaultProps: { size: 'sm', loaderProps: { type: 'dots' } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: { radius: 'md', overlayProps: { backgroundOpacity: 1, color: 'var(--scrim)' }, centered: true },
    },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 1, color: 'var(--scrim)' }, position: 'right' } },
  },
});

/** What Mantine calls its colours, said in our tokens. Both themes read the same tokens, which change by themselves. */
export const tokensForMantine: CSSVariablesResolver = () => {
  const both = {
    '--mantine-primary-color-contrast': 'var(--primary-on)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-success': 'var(--success)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-anchor': 'var(--link)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--border-strong)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--text-3)',
    '--mantine-color-disabled-border': 'var(--border)',
    '--mantine-color-primary-text': 'var(--link)',
    '--mantine-color-primary-filled': 'var(--primary-solid)',
    '--mantine-color-primary-filled-hover': 'var(--primary-hover)',
    '--mantine-color-primary-light': 'var(--primary-tint)',
    '--mantine-color-primary-light-hover': 'var(--primary-tint)',
    '--mantine-color-primary-light-color': 'var(--primary-tint-text)',
    '--mantine-color-primary-outline': 'var(--link)',
    '--mantine-color-primary-outline-hover': 'var(--hover)',
    '--mantine-color-gray-text': 'var(--text-2)',
    '--mantine-color-gray-filled': 'var(--text-2)',
    '--mantine-color-gray-filled-hover': 'var(--text)',
    '--mantine-color-gray-light': 'var(--hover)',
    '--mantine-color-gray-light-hover': 'var(--hover)',
    '--mantine-color-gray-light-color': 'var(--text-2)',
    '--mantine-color-gray-outline': 'var(--border-strong)',
    '--mantine-color-gray-outline-hover': 'var(--hover)',
    '--mantine-color-danger-text': 'var(--danger)',
    '--mantine-color-danger-filled': 'var(--danger)',
    '--mantine-color-danger-filled-hover': 'var(--danger)',
    '--mantine-color-danger-light': 'var(--danger-tint)',
    '--mantine-color-danger-light-hover': 'var(--danger-tint)',
    '--mantine-color-danger-light-color': 'var(--danger)',
    '--mantine-color-danger-outline': 'var(--danger)',
    '--mantine-color-danger-outline-hover': 'var(--danger-tint)',
    '--mantine-color-danger-contrast': 'var(--danger-on)',
  } as const;
  return { variables: {}, light: both, dark: both };
};
