import { describe, expect, it } from 'vitest';
import { pseudoLocale } from './pseudo.ts';

describe('the pseudo-locale', () => {
  it('changes what people read and leaves the arguments', () => {
    expect(pseudoLocale({ a: 'Hello {name}' }).a).toMatch(/^⟦Héłłó \{name\}~+⟧$/);
  });

  it('keeps plural selectors and changes the words inside them', () => {
    expect(pseudoLocale({ a: '{n, plural, one {# row} other {# rows}}' }).a).toContain(
      '{n, plural, one {# řóŵ} other {# řóŵš}}',
    );
  });

  it('leaves tags alone', () => {
    expect(pseudoLocale({ a: 'reads <b>all</b>' }).a).toContain('<b>áłł</b>');
  });

  it('makes every text at least two fifths longer', () => {
    expect(pseudoLocale({ a: 'Marketplace' }).a.length).toBeGreaterThanOrEqual(11 * 1.4);
  });
});
