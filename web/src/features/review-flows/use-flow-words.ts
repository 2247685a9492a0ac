import type { FlowEvent, Stage } from '@stoa/contract/review-flow';
import type { FormField } from '@stoa/contract/request-form';
import { durationUnit } from '@stoa/contract/enums';
import { useIntl } from 'react-intl';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { useSourceText } from './use-source-text.ts';
import { type ConditionNode, type Leaf, treeOf } from './condition-tree.ts';
import { factOf, questionOf, valuesOf } from './facts.ts';
import { type FlowRule, sourcesOf } from './flow-draft.ts';

/** A sentence for each comparison that makes sense; the others are said as they are stored. */
const sayings: Readonly<Record<string, MessageId>> = {
  'answers.equal': 'flows.say.answers.equal',
  'answers.notEqual': 'flows.say.answers.notEqual',
  'answers.in': 'flows.say.answers.equal',
  'answers.notIn': 'flows.say.answers.notEqual',
  'answers.contains': 'flows.say.answers.contains',
  'answers.doesNotContain': 'flows.say.answers.doesNotContain',
  'requestType.equal': 'flows.say.requestType.equal',
  'requestType.notEqual': 'flows.say.requestType.notEqual',
  'requestType.in': 'flows.say.requestType.equal',
  'requestType.notIn': 'flows.say.requestType.notEqual',
  'duration.lessThan': 'flows.say.duration.lessThan',
  'duration.lessThanInclusive': 'flows.say.duration.lessThanInclusive',
  'duration.greaterThan': 'flows.say.duration.greaterThan',
  'duration.greaterThanInclusive': 'flows.say.duration.greaterThanInclusive',
  'userGroups.contains': 'flows.say.userGroups.contains',
  'userGroups.doesNotContain': 'flows.say.userGroups.doesNotContain',
  'userAttributes.contains': 'flows.say.userAttributes.contains',
  'userAttributes.doesNotContain': 'flows.say.userAttributes.doesNotContain',
  'targetTags.contains': 'flows.say.targetTags.contains',
  'targetTags.doesNotContain': 'flows.say.targetTags.doesNotContain',
  'columnTags.contains': 'flows.say.columnTags.contains',
  'columnTags.doesNotContain': 'flows.say.columnTags.doesNotContain',
  'columnCount.lessThan': 'flows.say.columnCount.lessThan',
  'columnCount.lessThanInclusive': 'flows.say.columnCount.lessThanInclusive',
  'columnCount.greaterThan': 'flows.say.columnCount.greaterThan',
  'columnCount.greaterThanInclusive': 'flows.say.columnCount.greaterThanInclusive',
  'risk.equal': 'flows.say.risk.equal',
  'risk.notEqual': 'flows.say.risk.notEqual',
  'risk.in': 'flows.say.risk.equal',
  'risk.notIn': 'flows.say.risk.notEqual',
};

const riskIds: Readonly<Record<string, MessageId>> = {
  HIGH: 'flows.risk.HIGH',
  MODERATE: 'flows.risk.MODERATE',
  LOW: 'flows.risk.LOW',
  INDETERMINATE: 'flows.risk.INDETERMINATE',
};
const typeIds: Readonly<Record<string, MessageId>> = {
  DATA_ACCESS: 'flows.type.DATA_ACCESS',
  MASKING_EXCEPTION: 'flows.type.MASKING_EXCEPTION',
};

/** The word for a value of a fact that has words of its own. */
export function useValueText(): (leaf: Leaf, value: string) => string {
  const t = useText();
  return ({ fact }, value) => {
    const id = fact === 'risk' ? riskIds[value] : fact === 'requestType' ? typeIds[value] : undefined;
    return id === undefined ? value : t(id);
  };
}

function useLeafText(fields: readonly FormField[]): (leaf: Leaf) => string {
  const t = useText();
  const intl = useIntl();
  const word = useValueText();
  return (leaf) => {
    const values = valuesOf(leaf).map((one) => word(leaf, one));
    const value = values.length === 0 ? t('flows.say.blank') : intl.formatList(values, { type: 'disjunction' });
    const fact = factOf(leaf);
    if (fact === 'onBehalf' && leaf.operator === 'equal')
      return t(leaf.value === true ? 'flows.say.onBehalf.yes' : 'flows.say.onBehalf.no');
    const id = sayings[`${leaf.fact}.${leaf.operator}`];
    if (id === undefined) return t('flows.say.other', { fact: leaf.fact, operator: leaf.operator, value });
    const name = (leaf.path ?? '$.').slice(2);
    const question = questionOf(leaf, fields)?.label ?? t('flows.say.goneQuestion');
    return t(id, { value, question, name: name === '' ? t('flows.say.blank') : name });
  };
}

/** Conditions as the part of a sentence after "if". */
export function useConditionText(fields: readonly FormField[]): (node: ConditionNode) => string {
  const t = useText();
  const intl = useIntl();
  const leafText = useLeafText(fields);
  const textOf = (node: ConditionNode, isInside: boolean): string => {
    if (node.kind === 'leaf') return leafText(node);
    const { members, mode, isNegated } = node;
    if (members.length === 0) return t('flows.say.blank');
    const parts = members.map((member) => textOf(member, members.length > 1 || isNegated));
    const joined = intl.formatList(parts, { type: mode === 'all' ? 'conjunction' : 'disjunction' });
    if (isNegated) return t('flows.say.not', { what: joined });
    return isInside && members.length > 1 ? t('flows.say.together', { what: joined }) : joined;
  };
  return (node) => textOf(node, false);
}

/** A reason as it stands inside quotation marks, with the sentence's own end after them. */
const quoted = (text: string): string => text.trim().replace(/\.$/, '');

/** A stage, and an event, as the part of a sentence that says what happens. */
export function useEventText(): (event: FlowEvent) => string {
  const t = useText();
  const intl = useIntl();
  const reviewer = useSourceText();
  const duration = useDurationText();
  const stageText = (stage: Stage): string => {
    const names = sourcesOf(stage).map(reviewer);
    if (names.length === 0) return t('flows.say.nobody');
    if (names.length === 1) return names.join('');
    const reviewers = intl.formatList(names, { type: 'all' in stage ? 'conjunction' : 'disjunction' });
    return t('all' in stage ? 'flows.say.all' : 'flows.say.any', { reviewers });
  };
  return (event) => {
    switch (event.type) {
      case 'review': {
        const stages = event.params.stages.map(stageText);
        const asked = stages.reduce(
          (before, stage) => (before === '' ? stage : t('flows.say.then', { before, stage })),
          '',
        );
        return stages.length === 0 ? t('flows.say.noStage') : t('flows.say.review', { asked });
      }
      case 'approve': {
        const { comment = '', duration: amount, durationUnit: unit } = event.params;
        const known = wordOf(durationUnit.options, unit);
        const period = amount === undefined || known === undefined ? null : { duration: amount, durationUnit: known };
        const because = quoted(comment) === '' ? t('flows.say.blank') : quoted(comment);
        if (period === null) return t('flows.say.approve', { because });
        return t('flows.say.approveFor', { because, period: duration(period) });
      }
      case 'deny': {
        const because = quoted(event.params.comment ?? '');
        return because === '' ? t('flows.say.deny') : t('flows.say.denyBecause', { because });
      }
      case 'dataProductPolicy':
        return t('flows.say.delegate');
    }
  };
}

/** A rule as one sentence. */
export function useRuleText(fields: readonly FormField[]): (rule: FlowRule) => string {
  const t = useText();
  const conditions = useConditionText(fields);
  const event = useEventText();
  return (rule) => t('flows.say.rule', { conditions: conditions(treeOf(rule.conditions)), event: event(rule.event) });
}
