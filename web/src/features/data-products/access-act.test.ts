import { describe, expect, it } from 'vitest';
import { isEndNear } from '../../lib/end-near.ts';
import { accessActOf, usualTimeOf } from './access-act.ts';

const now = Date.UTC(2026, 10, 21);
const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString();

describe('the one act of a product', () => {
  it('is to use what one has, and to extend it in its last week', () => {
    expect(accessActOf({ accessState: 'HAVE', expiration: null }, now)).toBe('use');
    expect(accessActOf({ accessState: 'HAVE', expiration: inDays(8) }, now)).toBe('use');
    expect(accessActOf({ accessState: 'HAVE', expiration: inDays(7) }, now)).toBe('extend');
  });

  it('is to ask where asking helps, and to learn why where it does not', () => {
    expect(accessActOf({ accessState: 'ASK' }, now)).toBe('request');
    expect(accessActOf({ accessState: 'AUTO' }, now)).toBe('request');
    expect(accessActOf({ accessState: 'EXPIRED' }, now)).toBe('renew');
    expect(accessActOf({ accessState: 'BLOCKED' }, now)).toBe('why');
  });

  it('opens a pending request only when the request is known', () => {
    expect(accessActOf({ accessState: 'PENDING', requestId: 'c1' }, now)).toBe('open');
    expect(accessActOf({ accessState: 'PENDING' }, now)).toBe('why');
  });
});

describe('the end of an access', () => {
  it('is near within a week, and not once it is over', () => {
    expect(isEndNear(inDays(1), now)).toBe(true);
    expect(isEndNear(inDays(-1), now)).toBe(false);
    expect(isEndNear(null, now)).toBe(false);
  });
});

describe('the usual time of a decision', () => {
  it.each([
    [0.2, 'minutes', 12],
    [3.2, 'hours', 3],
    [40, 'days', 2],
  ])('of %d hours is said in %s', (hours, unit, n) => {
    expect(usualTimeOf(hours)).toEqual({ unit, n });
  });
});
