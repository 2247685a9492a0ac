import type { CircumstanceFact, ColumnFact, PolicyFact, SourceFact, TargetFact } from './facts.ts';

/** Something that this program cannot judge: whoever asks is told so, and nothing is taken for held. */
export class CannotJudge extends Error {}

/** The roots of tags that follow from where a source lies and what it is published in: they tag nothing by themselves. */
const ownRoots = ['Stoa Connections', 'Stoa Data Product', 'Stoa Data Object'];
const newColumn = 'Stoa New.Column';

const isAtOrBelow = (tag: string, over: string): boolean => tag === over || tag.startsWith(`${over}.`);
const hasTag = (tags: ReadonlySet<string>, tag: string): boolean =>
  [...tags].some((held) => isAtOrBelow(held, tag.normalize('NFC')));
const isUntagged = (tags: ReadonlySet<string>): boolean =>
  [...tags].every((tag) => ownRoots.some((root) => isAtOrBelow(tag, root)));

/** Whether a policy acts on a source: it lies in its scope, its circumstances are met, and its owner has not said no. */
export function actsOn(policy: PolicyFact, source: SourceFact): boolean {
  const { body } = policy;
  const gives = policy.kind === 'grant' || policy.kind === 'reveal';
  if (!isInScope(policy, source, gives)) return false;
  if (policy.off.has(source.id)) return false;
  if (body.certification != null && !policy.certified.has(source.id)) return false;
  const circumstances = body.circumstances ?? [];
  if (circumstances.length === 0) return false;
  const isMet = (one: CircumstanceFact): boolean => meets(one, source, policy);
  return body.circumstanceOperator === 'all' ? circumstances.every(isMet) : circumstances.some(isMet);
}

function isInScope(policy: PolicyFact, source: SourceFact, gives: boolean): boolean {
  switch (policy.scope) {
    case 'global':
      return true;
    case 'domain':
      return policy.domainId !== null && source.domains.has(policy.domainId);
    case 'local':
      return policy.sourceId === source.id;
    case 'restricted':
      // Once a source lies in a domain its owner gives nothing there any more; what they closed stays closed.
      return policy.owned.has(source.id) && !(gives && source.domains.size > 0);
    default:
      throw new CannotJudge(`policy ${policy.key} has the unknown scope ${policy.scope}`);
  }
}

function meets(one: CircumstanceFact, source: SourceFact, policy: PolicyFact): boolean {
  switch (one.type) {
    case 'all':
      return true;
    case 'tags':
      return hasTag(source.tags, one.tag ?? '');
    case 'columnTags':
      return source.columns.some((column) => hasTag(column.tags, one.tag ?? ''));
    case 'noTags':
      return isUntagged(source.tags) && source.columns.every((column) => isUntagged(column.tags));
    case 'columnRegex': {
      const matches = wholeName(one);
      return matches !== null && source.columns.some((column) => matches(column.name));
    }
    case 'object':
      return (
        source.connectionKey === one.connectionKey &&
        (one.objectPath ?? []).every((name, depth) => source.path[depth] === name.normalize('NFC'))
      );
    case 'ownerSelected':
      return policy.selected.has(source.id);
    default:
      throw new CannotJudge(`policy ${policy.key} has the unknown circumstance ${one.type}`);
  }
}

/** A pattern is matched with the whole name of a column; null when it is none. */
function wholeName({ regex = '', caseInsensitive = false }: Pick<TargetFact, 'regex' | 'caseInsensitive'>) {
  try {
    const pattern = new RegExp(`^(?:${regex.normalize('NFC')})$`, caseInsensitive ? 'iu' : 'u');
    return (name: string): boolean => pattern.test(name);
  } catch {
    return null;
  }
}

/** Whether a mask of a policy acts on a column of a source that the policy acts on. */
export function targets(policy: PolicyFact, column: ColumnFact): boolean {
  const target = policy.body.action?.target;
  const bare = [...column.tags].filter((tag) => tag !== newColumn);
  switch (target?.columns) {
    case 'all':
      return true;
    case 'anyTag':
      return !isUntagged(new Set(bare));
    case 'noTags':
      return isUntagged(new Set(bare));
    case 'tagged':
      return hasTag(column.tags, target.tag ?? '');
    case 'nameRegex': {
      const matches = wholeName(target);
      // A mask must not fall off by a fault in its pattern.
      return matches === null || matches(column.name);
    }
    default:
      throw new CannotJudge(`policy ${policy.key} masks columns in an unknown way`);
  }
}

/** What the data policies in force make of a source: columns that somebody sees masked, and whether rows are kept back. */
export type Masking = {
  readonly columns: readonly ColumnFact[];
  readonly hasRows: boolean;
  /** A rule that is left out where a tag is missing: whether it acts depends on more than is judged here. */
  readonly isUnsure: boolean;
};

export function maskingOf(policies: readonly PolicyFact[], source: SourceFact): Masking {
  const acting = policies.filter(({ kind }) => kind === 'mask' || kind === 'row').filter((one) => actsOn(one, source));
  const isSkipped = ({ body: { action } }: PolicyFact): boolean =>
    action?.ifTagMissing === 'skip' || action?.row?.ifTagMissing === 'skip';
  const sure = acting.filter((policy) => !isSkipped(policy));
  const masks = sure.filter(({ kind }) => kind === 'mask');
  return {
    columns: source.columns.filter((column) => masks.some((policy) => targets(policy, column))),
    hasRows: sure.some(({ kind }) => kind === 'row'),
    isUnsure: acting.some(isSkipped),
  };
}
