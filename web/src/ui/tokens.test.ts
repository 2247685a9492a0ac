import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

type Theme = 'light' | 'dark';

const pairs = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

function valueOf(token: string, theme: Theme): string {
  const pair = pairs.get(token);
  if (pair === undefined) throw new Error(`no token ${token}`);
  return pair[theme];
}

/** Relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const backgrounds = ['canvas', 'surface', 'sunken', 'hover'] as const;
const worst = (token: string, theme: Theme, on: readonly string[] = backgrounds): number =>
  Math.min(...on.map((background) => contrast(valueOf(token, theme), valueOf(background, theme))));

/** The table of the design: the least ratio over the four backgrounds, light and dark. */
const onBackgrounds = [
  ['border', 1.18, 1.19],
  ['border-strong', 3.3, 3.65],
  ['text', 13.97, 12.49],
  ['text-2', 7.69, 7.64],
  ['text-3', 5.34, 5.68],
  ['primary-solid', 7.09, 3.01],
  ['link', 7.09, 4.55],
  ['focus', 7.09, 5.46],
  ['accent', 3.01, 6.56],
  ['accent-text', 4.53, 6.56],
  ['success', 4.6, 4.61],
  ['warning', 4.61, 4.6],
  ['danger', 4.73, 4.64],
  ['info', 4.93, 4.62],
  ['pending', 4.97, 4.64],
  ['masked', 6.34, 4.6],
] as const;

/** A label on the colour it stands on, light and dark. */
const onEachOther = [
  ['primary-on', 'primary-solid', 8.42, 4.73],
  ['primary-on', 'primary-hover', 10.46, 5.86],
  ['primary-tint-text', 'primary-tint', 7.25, 5.5],
  ['success', 'success-tint', 4.78, 4.73],
  ['warning', 'warning-tint', 4.73, 4.86],
  ['danger', 'danger-tint', 4.82, 4.92],
  ['info', 'info-tint', 5.08, 4.8],
  ['pending', 'pending-tint', 5.06, 4.93],
  ['masked', 'masked-tint', 6.47, 4.86],
  ['danger-on', 'danger', 5.61, 6.28],
] as const;

const statuses = ['success', 'warning', 'danger', 'info', 'pending', 'masked'] as const;

describe('contrast of the tokens', () => {
  it.each(onBackgrounds)('of %s against every background is what the design says', (token, light, dark) => {
    expect(worst(token, 'light')).toBeCloseTo(light, 1);
    expect(worst(token, 'dark')).toBeCloseTo(dark, 1);
  });

  it.each(onEachOther)('of %s on %s is what the design says', (token, background, light, dark) => {
    expect(worst(token, 'light', [background])).toBeCloseTo(light, 1);
    expect(worst(token, 'dark', [background])).toBeCloseTo(dark, 1);
  });

  it.each(statuses)('of text on the tint of %s is at least 12.8', (status) => {
    expect(worst('text', 'light', [`${status}-tint`])).toBeGreaterThanOrEqual(12.8);
    expect(worst('text', 'dark', [`${status}-tint`])).toBeGreaterThanOrEqual(12.8);
  });

  it('of everything one reads is at least 4.5, and of every edge one must see at least 3', () => {
    const read = ['text', 'text-2', 'text-3', 'link', 'accent-text', ...statuses];
    for (const theme of ['light', 'dark'] as const) {
      for (const token of read) expect(worst(token, theme)).toBeGreaterThanOrEqual(4.5);
      for (const edge of ['border-strong', 'focus', 'accent', 'primary-solid']) {
        expect(worst(edge, theme)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('is never worse on overlays than on the backgrounds', () => {
    for (const theme of ['light', 'dark'] as const) {
      for (const [token] of onBackgrounds) {
        expect(worst(token, theme, ['raised'])).toBeGreaterThanOrEqual(worst(token, theme) - 0.005);
      }
    }
  });
});
