import type { DataDraft } from '@stoa/contract/policy-resource';
import { expect, it } from 'vitest';
import { emptyDraft, emptyRow, withAction, withLevel } from './policy-draft.ts';
import { isWhole, lacksOf } from './policy-lacks.ts';

const access = emptyDraft('subscription');
const data = emptyDraft('data');
if (access.type !== 'subscription' || data.type !== 'data') throw new Error('drafts of another type');

it('nothing is counted while something is still to be chosen', () => {
  const circumstances = [{ type: 'all' as const }];
  expect(isWhole(access)).toBe(false);
  expect(isWhole({ ...access, circumstances })).toBe(false);
  expect(isWhole({ ...access, circumstances, condition: "@isInGroups('A')" })).toBe(true);
  expect(isWhole({ ...access, circumstances, condition: "@hasAttribute('a', '')" })).toBe(false);
  expect(isWhole({ ...withLevel(access, 'manual'), circumstances })).toBe(false);
  expect(isWhole({ ...withLevel(access, 'anyone'), circumstances })).toBe(true);
  expect(isWhole({ ...withLevel(access, 'anyone'), circumstances, scope: { kind: 'domain', domainId: '' } })).toBe(
    false,
  );
});

type Mask = Extract<DataDraft['action'], { kind: 'mask' }>['masking'];
const withMask = (masking: Mask): DataDraft => ({
  ...data,
  action: { kind: 'mask', masking, target: { columns: 'all' } },
});
const pathsOf = (draft: Parameters<typeof lacksOf>[0]) => lacksOf(draft).map(({ path }) => path);

it('each thing that is missing is told at its member, in the order of the page', () => {
  expect(pathsOf(access)).toEqual(['name', 'condition', 'circumstances.0.tag']);
  expect(pathsOf(data)).toEqual(['name', 'action.target.tag', 'who.condition']);
  expect(pathsOf({ ...withLevel(access, 'manual'), name: 'A', scope: { kind: 'local', dataSourceId: 0 } })).toEqual([
    'users',
    'circumstances.0.tag',
    'scope.dataSourceId',
  ]);
  const row = withAction({ ...data, who: { for: 'everyone' } }, 'row');
  expect(pathsOf({ ...row, action: { kind: 'row', row: emptyRow('match') } })).toEqual([
    'name',
    'action.row.by.name',
    'action.row.columnTag',
    'who.condition',
  ]);
  expect(pathsOf({ ...access, certification: { label: '', text: 'I agree' } }).at(-1)).toBe('certification.label');
});

it('a mask of which nothing is said is missing something', () => {
  const masked = (masking: Mask) => pathsOf(withMask(masking));
  expect(masked({ maskingType: 'rounding' })).toContain('action.masking');
  expect(masked({ maskingType: 'custom', expression: ' ' })).toContain('action.masking.expression');
  expect(masked({ maskingType: 'constant', value: '' })).toEqual(['name', 'who.condition']);
});
