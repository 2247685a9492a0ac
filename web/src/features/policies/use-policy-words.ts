import type { DataPolicy, Policy, SubscriptionPolicy } from '@stoa/contract/policy-resource';
import type { Circumstance } from '@stoa/contract/policy';
import type { MaskTarget } from '@stoa/contract/masking';
import { useText } from '../../app/messages/use-text.tsx';
import { readFlat } from './flat-condition.ts';

type Saying =
  | Pick<SubscriptionPolicy, 'type' | 'kind' | 'level' | 'condition' | 'users'>
  | Pick<DataPolicy, 'type' | 'action' | 'who'>;
type Placed = Pick<Policy, 'scope' | 'scopeName' | 'circumstances' | 'circumstanceOperator'>;

/** Stands where something is still to be chosen. */
const orGap = (text: string): string => (text === '' ? '…' : text);

const sentenceCase = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A condition as a part of a sentence; one that no sentence can say stays as it is written. */
function useConditionText(): (condition: string) => string {
  const t = useText();
  return (condition) => {
    const flat = readFlat(condition);
    if (flat === undefined || flat.terms.length === 0)
      return t('policies.say.condition', { condition: orGap(condition.trim()) });
    const words = flat.terms.map((term) =>
      term.kind === 'group'
        ? t(term.isNegated ? 'policies.say.notIn' : 'policies.say.in', { group: orGap(term.name) })
        : t(term.isNegated ? 'policies.say.hasNot' : 'policies.say.has', {
            name: orGap(term.name),
            value: orGap(term.value),
          }),
    );
    return words.join(t(flat.operator === 'any' ? 'policies.say.or' : 'policies.say.and'));
  };
}

function usePlaceText(): (placed: Placed) => string {
  const t = useText();
  const one = (circumstance: Circumstance): string => {
    switch (circumstance.type) {
      case 'all':
        return t('policies.say.everything');
      case 'ownerSelected':
        return t('policies.say.ownerSelected');
      case 'noTags':
        return t('policies.say.untagged');
      case 'tags':
        return t('policies.say.tagged', { tag: orGap(circumstance.tag) });
      case 'columnTags':
        return t('policies.say.columnTagged', { tag: orGap(circumstance.tag) });
      case 'columnRegex':
        return t('policies.say.columnNamed', { regex: orGap(circumstance.regex) });
      case 'object':
        return t('policies.say.object', {
          path: orGap([circumstance.connectionKey, ...circumstance.objectPath].join('.')),
        });
    }
  };
  return ({ scope, scopeName, circumstances, circumstanceOperator }) => {
    const where = circumstances
      .map(one)
      .join(t(circumstanceOperator === 'all' ? 'policies.say.and' : 'policies.say.or'));
    if (scope.kind === 'domain') return t('policies.say.inDomain', { where, domain: orGap(scopeName ?? '') });
    if (scope.kind === 'restricted') return t('policies.say.onOwn', { where });
    if (scope.kind === 'local') return t('policies.say.onSource', { where, source: orGap(scopeName ?? '') });
    return where;
  };
}

function useTargetText(): (target: MaskTarget) => string {
  const t = useText();
  return (target) => {
    if (target.columns === 'tagged') return t('policies.say.target.tagged', { tag: orGap(target.tag) });
    if (target.columns === 'nameRegex') return t('policies.say.target.nameRegex', { regex: orGap(target.regex) });
    return t(`policies.say.target.${target.columns}`);
  };
}

/** A policy as one sentence: what it does, for whom, where. */
export function usePolicySentence(): (policy: Saying & Placed) => string {
  const t = useText();
  const conditionText = useConditionText();
  const placeText = usePlaceText();
  const targetText = useTargetText();
  const say = (policy: Saying & Placed): string => {
    const where = placeText(policy);
    if (policy.type === 'subscription') {
      const who =
        policy.level === 'anyone'
          ? t('policies.say.anyone')
          : policy.level === 'manual'
            ? t('policies.say.people', { count: policy.users?.length ?? 0 })
            : t('policies.say.who', { condition: conditionText(policy.condition ?? '') });
      return t(policy.kind === 'guardrail' ? 'policies.say.guardrail' : 'policies.say.grant', { who, where });
    }
    const { action, who } = policy;
    const what =
      action.kind === 'row'
        ? t(`policies.say.row.${action.row.kind}`)
        : action.kind === 'reveal'
          ? t('policies.say.reveal', { target: targetText(action.target) })
          : t('policies.say.mask', {
              mask: t(`policies.maskName.${action.masking.maskingType}`),
              target: targetText(action.target),
            });
    const whom =
      who.for === 'everyone'
        ? t('policies.say.forEveryone')
        : t(who.for === 'everyoneExcept' ? 'policies.say.forExcept' : 'policies.say.forWho', {
            condition: conditionText(who.condition),
          });
    return t('policies.say.data', { what, whom, where });
  };
  return (policy) => sentenceCase(say(policy));
}
