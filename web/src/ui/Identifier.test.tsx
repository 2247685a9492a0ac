import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { PathText } from './Identifier.tsx';

describe('the name of an object', () => {
  it('may break behind its dots and underscores', () => {
    expect(renderToStaticMarkup(<PathText text="claims.core.policy_holder" />)).toBe(
      'claims.<wbr/>core.<wbr/>policy_<wbr/>holder',
    );
  });

  it('is the same text as before', () => {
    const text = 'warehouse · sales_2026.orders/daily';
    expect(renderToStaticMarkup(<PathText text={text} isDimmed />).replaceAll(/<[^>]+>/g, '')).toBe(text);
  });
});
