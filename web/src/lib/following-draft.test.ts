import { describe, expect, it } from 'vitest';
import { follow, startOf } from './following-draft.ts';

const saved = { url: 'https://a.example', types: ['x'] };
const written = { ...saved, url: 'https://mine.example' };
const theirs = { ...saved, types: ['x', 'y'] };

describe('a draft', () => {
  it('stays as it is while what is saved stays', () => {
    const state = { ...startOf(saved), draft: written };
    expect(follow(state, { ...saved }, false)).toBe(state);
  });

  it('follows what is saved until it is touched', () => {
    expect(follow(startOf(saved), theirs, false)).toMatchObject({ draft: theirs, hasMoved: false });
  });

  it('that is being written outlives what somebody else saves, who is told of', () => {
    const state = follow({ ...startOf(saved), draft: written }, theirs, false);
    expect(state).toMatchObject({ draft: written, hasMoved: true });
  });

  it('is told of nobody once it is what they saved', () => {
    const state = follow({ ...startOf(saved), draft: written }, theirs, false);
    expect(follow({ ...state, draft: theirs }, theirs, false).hasMoved).toBe(false);
  });

  it('takes what came of its own save, also where the server words it differently', () => {
    const worded = { ...written, url: 'https://mine.example/' };
    expect(follow({ ...startOf(saved), draft: written, sent: written }, worded, true)).toMatchObject({
      draft: worded,
      hasMoved: false,
    });
  });

  it("that is written on while its own save comes back is nobody else's", () => {
    const on = { ...written, types: [] };
    expect(follow({ ...startOf(saved), draft: on, sent: written }, written, true)).toMatchObject({
      draft: on,
      hasMoved: false,
    });
  });
});
