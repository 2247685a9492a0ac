import { laterMaskingTypes, type Masking } from '@stoa/contract/masking';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { PolicyProblem } from './problem.ts';

const laterMask = (masking: Masking, path: string): PolicyProblem[] =>
  laterMaskingTypes.some((later) => later === masking.maskingType)
    ? [{ path: `${path}.maskingType`, message: `The mask "${masking.maskingType}" is not available yet.` }]
    : [];

/** What a draft asks for that is modelled and comes with a later release. */
export function laterParts(draft: PolicyDraft): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  if (draft.type === 'subscription') {
    if (draft.accessType === 'write')
      problems.push({ path: 'accessType', message: 'Only read access is available yet.' });
    return problems;
  }
  const { action, who } = draft;
  if (action.kind === 'mask') problems.push(...laterMask(action.masking, 'action.masking'));
  if (action.kind === 'row' && action.row.kind === 'minimize')
    problems.push({ path: 'action.row.kind', message: 'The row rule "minimize" is not available yet.' });
  if (who.for === 'everyoneWho' && typeof who.otherwise === 'object')
    problems.push(...laterMask(who.otherwise, 'who.otherwise'));
  return problems;
}
