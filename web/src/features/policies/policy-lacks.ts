import type { DataWho, Masking, MaskTarget, RowRule } from '@stoa/contract/masking';
import type { Circumstance } from '@stoa/contract/policy';
import type { DataDraft, PolicyDraft, SubscriptionDraft } from '@stoa/contract/policy-resource';

export type LackKind =
  | 'name'
  | 'tag'
  | 'regex'
  | 'connection'
  | 'domain'
  | 'source'
  | 'people'
  | 'condition'
  | 'attribute'
  | 'predicate'
  | 'pattern'
  | 'expression'
  | 'rounding'
  | 'certificationLabel'
  | 'certificationText';

/** Something that is still to be chosen or written, by the member of the policy that it belongs to. */
export type Lack = { readonly path: string; readonly kind: LackKind };

const isEmpty = (text: string): boolean => text.trim() === '';
const ifEmpty = (text: string, path: string, kind: LackKind): Lack[] => (isEmpty(text) ? [{ path, kind }] : []);

function ofCircumstance(one: Circumstance, path: string): Lack[] {
  if (one.type === 'tags' || one.type === 'columnTags') return ifEmpty(one.tag, `${path}.tag`, 'tag');
  if (one.type === 'columnRegex') return ifEmpty(one.regex, `${path}.regex`, 'regex');
  return one.type === 'object' ? ifEmpty(one.connectionKey, `${path}.connectionKey`, 'connection') : [];
}

function ofScope(scope: PolicyDraft['scope']): Lack[] {
  if (scope.kind === 'domain') return ifEmpty(scope.domainId, 'scope.domainId', 'domain');
  return scope.kind === 'local' && scope.dataSourceId === 0 ? [{ path: 'scope.dataSourceId', kind: 'source' }] : [];
}

/** A condition that is empty, or in which a name is. */
const ofCondition = (condition: string, path: string): Lack[] =>
  isEmpty(condition) || /\(\s*''|,\s*''/.test(condition) ? [{ path, kind: 'condition' }] : [];

function ofMasking(masking: Masking, path: string): Lack[] {
  if (masking.maskingType === 'regex') return ifEmpty(masking.pattern, `${path}.pattern`, 'pattern');
  if (masking.maskingType === 'custom') return ifEmpty(masking.expression, `${path}.expression`, 'expression');
  const isRounded = masking.maskingType === 'rounding' && masking.bucket === undefined && masking.unit === undefined;
  return isRounded ? [{ path, kind: 'rounding' }] : [];
}

function ofTarget(target: MaskTarget): Lack[] {
  if (target.columns === 'tagged') return ifEmpty(target.tag, 'action.target.tag', 'tag');
  return target.columns === 'nameRegex' ? ifEmpty(target.regex, 'action.target.regex', 'regex') : [];
}

function ofRow(row: RowRule): Lack[] {
  if (row.kind === 'where') return ifEmpty(row.predicate, 'action.row.predicate', 'predicate');
  const tag = ifEmpty(row.columnTag, 'action.row.columnTag', 'tag');
  if (row.kind !== 'match' || row.by.kind === 'group') return tag;
  return [...ifEmpty(row.by.name, 'action.row.by.name', 'attribute'), ...tag];
}

function ofWho(who: DataWho): Lack[] {
  if (who.for === 'everyone') return [];
  const condition = ofCondition(who.condition, 'who.condition');
  return who.for === 'everyoneExcept' || typeof who.otherwise === 'string'
    ? condition
    : [...condition, ...ofMasking(who.otherwise, 'who.otherwise')];
}

function ofData({ action, who }: DataDraft): Lack[] {
  if (action.kind === 'row') return [...ofRow(action.row), ...ofWho(who)];
  const target = ofTarget(action.target);
  if (action.kind === 'reveal') return [...target, ...ofWho(who)];
  const where = action.where === undefined ? [] : ifEmpty(action.where, 'action.where', 'predicate');
  return [...target, ...ofMasking(action.masking, 'action.masking'), ...where, ...ofWho(who)];
}

function ofSubscription({ level, condition, users }: SubscriptionDraft): Lack[] {
  if (level === 'entitlements') return ofCondition(condition ?? '', 'condition');
  return level === 'manual' && (users ?? []).length === 0 ? [{ path: 'users', kind: 'people' }] : [];
}

/** What is still missing, in the order of the page. */
export function lacksOf(draft: PolicyDraft): readonly Lack[] {
  const { certification } = draft;
  return [
    ...ifEmpty(draft.name, 'name', 'name'),
    ...(draft.type === 'data' ? ofData(draft) : ofSubscription(draft)),
    ...draft.circumstances.flatMap((one, at) => ofCircumstance(one, `circumstances.${at}`)),
    ...ofScope(draft.scope),
    ...(certification === undefined
      ? []
      : [
          ...ifEmpty(certification.label, 'certification.label', 'certificationLabel'),
          ...ifEmpty(certification.text, 'certification.text', 'certificationText'),
        ]),
  ];
}

/** Whether everything that has to be chosen is chosen, but for the name; what is chosen the server judges. */
export const isWhole = (draft: PolicyDraft): boolean => lacksOf(draft).every(({ kind }) => kind === 'name');
