import { describe, expect, it } from 'vitest';
import { candidatesOf } from './request-link.ts';

describe('the candidates of a name', () => {
  it('are read from the refusal, and nothing else is', () => {
    const good = {
      id: 'a',
      connectionKey: 'w',
      objectPath: ['db', 't'],
      legacyType: 'table',
      technology: 'MySQL',
      host: null,
    };
    expect(candidatesOf({ candidates: [good, {}, null, 'x'] })).toEqual([
      { id: 'a', connectionKey: 'w', path: 'db.t', kind: 'table', technology: 'MySQL', host: '' },
    ]);
    for (const body of [undefined, null, 'x', {}, { candidates: 'x' }]) expect(candidatesOf(body)).toEqual([]);
  });
});
