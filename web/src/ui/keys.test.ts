import { describe, expect, it } from 'vitest';
import { bindingFor, type KeyBinding } from './keys.tsx';

const binding = (keys: string, scope: KeyBinding['scope'], label: string): KeyBinding => ({
  keys,
  scope,
  label,
  run: () => undefined,
});

describe('The key that runs', () => {
  const shell = binding('/', 'everywhere', 'search of the bar');
  const page = binding('/', 'page', 'search of the list');

  it('is the page’s own, also when the shell says its keys again later', () => {
    expect(bindingFor([page, shell], '/')).toBe(page);
    expect(bindingFor([shell, page], '/')).toBe(page);
  });

  it('is the one that was said last, of two on a page', () => {
    const nearer = binding('/', 'page', 'search of the dialog');
    expect(bindingFor([page, nearer, shell], '/')).toBe(nearer);
  });

  it('is none where nobody asked for it', () => {
    expect(bindingFor([shell, page], 'x')).toBeUndefined();
  });
});
