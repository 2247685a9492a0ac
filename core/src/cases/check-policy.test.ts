import { readFileSync } from 'node:fs';
import type { DataDraft, SubscriptionDraft } from '@stoa/contract/policy-resource';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CheckedDraft, checkDraft } from '../policy/check-draft.ts';
import type { PolicyProblem } from '../policy/problem.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: object; readonly reason: string };

const at = (place: PolicyProblem['place']): string => (place === undefined ? '' : ` ${place.line}:${place.column}`);

/** What a check comes to, in one line per finding. */
function shown(checked: CheckedDraft): object {
  const names = checked.names.map(({ kind, name, path, place }) => `${kind} ${name} at ${path}${at(place)}`);
  if (checked.ok) return { ok: true, names, kind: checked.policy.kind, body: checked.policy.body };
  const problems = checked.problems.map(({ path, place }) => `${path}${at(place)}`);
  return { ok: false, code: checked.code, problems, names };
}

function cases<Given>(file: string, draftOf: (given: Given) => SubscriptionDraft | DataDraft): void {
  describe(`check-policy/${file}`, () => {
    const read: readonly Case<Given>[] = parse(readFileSync(new URL(`check-policy/${file}`, import.meta.url), 'utf8'));
    for (const { name, given, want, reason } of read)
      test(name, () => {
        expect(shown(checkDraft(draftOf(given))), reason).toMatchObject(want);
      });
  });
}

const everywhere = { circumstances: [{ type: 'all' as const }], circumstanceOperator: 'any' as const };

type SubscriptionGiven = Partial<Omit<SubscriptionDraft, 'condition'>> & { readonly condition?: string | null };
cases('subscription.yaml', ({ condition, ...given }: SubscriptionGiven) => ({
  type: 'subscription',
  kind: 'grant',
  name: 'P',
  scope: { kind: 'global' },
  accessType: 'read',
  level: 'entitlements',
  ...everywhere,
  ...(condition === null ? {} : { condition: condition ?? "@isInGroups('A')" }),
  ...given,
}));

cases('data.yaml', (given: Partial<DataDraft>) => ({
  type: 'data',
  name: 'P',
  scope: { kind: 'global' },
  action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'tagged', tag: 'PII' } },
  who: { for: 'everyone' },
  ...everywhere,
  ...given,
}));
