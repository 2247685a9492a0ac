import { NativeSelect, TextInput } from '@mantine/core';
import { listConnections } from '@stoa/contract/connection';
import { listDataSources } from '@stoa/contract/data-source';
import { listDomains } from '@stoa/contract/domain';
import type { Circumstance } from '@stoa/contract/policy';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { TagField } from './NameFields.tsx';
import styles from './policies.module.css';
import { circumstanceTypes, emptyCircumstance } from './policy-draft.ts';
import { fieldOf, type FieldProps, type PlacedProblem, problemsAt } from './placed-problems.ts';

/** A scope with the name of the domain or the data source that it names. */
export type NamedScope = { readonly scope: PolicyDraft['scope']; readonly name: string };
type Part = Pick<PolicyDraft, 'scope' | 'circumstances' | 'circumstanceOperator'>;
type Props = {
  readonly part: Part;
  readonly scopeName: string | undefined;
  readonly mayBeGlobal: boolean;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (part: Partial<Part>) => void;
  /** One was chosen: what it is called is known only then. */
  readonly onScope: (scope: NamedScope) => void;
};
type Chosen<Id> = {
  readonly value: Id;
  readonly name: string;
  readonly field: FieldProps;
  readonly onChange: (id: Id, name: string) => void;
};

const shownAtOnce = 20;
const scopeKinds = ['global', 'domain', 'restricted', 'local'] as const;

function DomainField({ value, name, field, onChange }: Chosen<string>) {
  const t = useText();
  const { filter, typed, onSearch, isSearching } = useServerSearch();
  const found = useOperation(
    listDomains,
    { query: { searchText: filter, limit: shownAtOnce } },
    { keepPrevious: true },
  );
  const options = (found.data?.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  const known = value === '' || typed !== '' || options.some((one) => one.value === value);
  return (
    <SearchSelect
      {...field}
      size="xs"
      className={styles.name ?? ''}
      label={t('policies.scope.domainName')}
      isLabelHidden
      placeholder={t('policies.scope.domainName')}
      options={known ? options : [{ value, label: name }, ...options]}
      value={value === '' ? null : value}
      onChoose={(option) => onChange(option.value, option.label)}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}

function SourceField({ value, name, field, onChange }: Chosen<number>) {
  const t = useText();
  const { filter, typed, onSearch, isSearching } = useServerSearch();
  const query = { searchText: filter, limit: shownAtOnce };
  const found = useOperation(listDataSources, { query }, { keepPrevious: true });
  const options = (found.data?.data ?? []).map((one) => ({ value: String(one.id), label: one.name }));
  const known = value === 0 || typed !== '' || options.some((one) => one.value === String(value));
  return (
    <SearchSelect
      {...field}
      size="xs"
      className={styles.name ?? ''}
      label={t('policies.scope.sourceName')}
      isLabelHidden
      placeholder={t('policies.scope.sourceName')}
      options={known ? options : [{ value: String(value), label: name }, ...options]}
      value={value === 0 ? null : String(value)}
      onChoose={(option) => onChange(Number(option.value), option.label)}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}

function Scope({ part, scopeName, mayBeGlobal, problems, onChange, onScope }: Props) {
  const t = useText();
  const { scope } = part;
  const choose = (scope: NamedScope['scope'], name: string) => {
    onScope({ scope, name });
    onChange({ scope });
  };
  const offered = scopeKinds.filter((kind) => mayBeGlobal || kind !== 'global' || scope.kind === 'global');
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.scope')}
        value={scope.kind}
        data={offered.map((kind) => ({ value: kind, label: t(`policies.scope.${kind}`) }))}
        onChange={(event) => {
          const kind = wordOf(scopeKinds, event.currentTarget.value);
          if (kind === 'global' || kind === 'restricted') onChange({ scope: { kind } });
          if (kind === 'domain') onChange({ scope: { kind, domainId: '' } });
          if (kind === 'local') onChange({ scope: { kind, dataSourceId: 0 } });
        }}
      />
      {scope.kind === 'domain' && (
        <DomainField
          value={scope.domainId}
          name={scopeName ?? ''}
          field={fieldOf(problems, 'scope.domainId')}
          onChange={(domainId, name) => choose({ kind: 'domain', domainId }, name)}
        />
      )}
      {scope.kind === 'local' && (
        <SourceField
          value={scope.dataSourceId}
          name={scopeName ?? ''}
          field={fieldOf(problems, 'scope.dataSourceId')}
          onChange={(dataSourceId, name) => choose({ kind: 'local', dataSourceId }, name)}
        />
      )}
    </div>
  );
}

function ObjectSlots({
  one,
  field,
  onChange,
}: {
  field: FieldProps;
  one: Extract<Circumstance, { type: 'object' }>;
  onChange: (next: Circumstance) => void;
}) {
  const t = useText();
  const found = useOperation(listConnections, { query: { limit: 100 } });
  const keys = (found.data?.data ?? []).map((connection) => connection.connectionKey);
  return (
    <>
      <NativeSelect
        {...field}
        size="xs"
        aria-label={t('policies.where.connection')}
        value={one.connectionKey}
        data={[
          { value: '', label: t('policies.where.connection'), disabled: true },
          ...[...new Set([...keys, one.connectionKey])].filter(Boolean).map((key) => ({ value: key, label: key })),
        ]}
        onChange={(event) => onChange({ ...one, connectionKey: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        className={styles.name ?? ''}
        aria-label={t('policies.where.path')}
        placeholder={t('policies.where.path')}
        value={one.objectPath.join('.')}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onChange({ ...one, objectPath: text === '' ? [] : text.split('.') });
        }}
      />
    </>
  );
}

function CircumstanceRow({
  one,
  path,
  problems,
  onChange,
  onRemove,
}: {
  one: Circumstance;
  path: string;
  problems: readonly PlacedProblem[];
  onChange: (next: Circumstance) => void;
  onRemove: (() => void) | undefined;
}) {
  const t = useText();
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.where')}
        value={one.type}
        data={circumstanceTypes.map((type) => ({ value: type, label: t(`policies.where.${type}`) }))}
        onChange={(event) => {
          const type = wordOf(circumstanceTypes, event.currentTarget.value);
          if (type !== undefined) onChange(emptyCircumstance(type));
        }}
      />
      {(one.type === 'tags' || one.type === 'columnTags') && (
        <TagField
          label={t('policies.tag')}
          value={one.tag}
          field={fieldOf(problems, `${path}.tag`)}
          onChange={(tag) => onChange({ ...one, tag })}
        />
      )}
      {one.type === 'columnRegex' && (
        <TextInput
          {...fieldOf(problems, `${path}.regex`)}
          size="xs"
          className={`${styles.name ?? ''} ${styles.monoField ?? ''}`}
          aria-label={t('policies.where.regex')}
          placeholder="e.?mail.*"
          value={one.regex}
          onChange={(event) => onChange({ ...one, regex: event.currentTarget.value })}
        />
      )}
      {one.type === 'object' && (
        <ObjectSlots one={one} field={fieldOf(problems, `${path}.connectionKey`)} onChange={onChange} />
      )}
      {onRemove !== undefined && (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('policies.remove')}
          fullLabel={t('policies.removeOf', {
            what: t(`policies.where.${one.type}`),
          })}
          onClick={onRemove}
        />
      )}
    </div>
  );
}

/** The members whose fields say themselves what is wrong with them. */
const atFields =
  /^(circumstances\.\d+\.(tag|regex|connectionKey)|scope\.\w+|action\.(target\.\w+|masking(\.\w+)?|where|row\.(predicate|columnTag|by\.name)))$/;

/** Where a policy acts: within which bounds, and on which data sources there. */
export function PlaceEditor(props: Props) {
  const t = useText();
  const { part, problems, onChange } = props;
  const { circumstances } = part;
  // What no field says.
  const others = [
    ...problemsAt(problems, 'circumstances'),
    ...problemsAt(problems, 'scope'),
    ...problemsAt(problems, 'action'),
  ].filter(({ path }) => !atFields.test(path));
  const put = (next: Circumstance[]) => onChange({ circumstances: next });
  return (
    <div className={styles.terms}>
      {circumstances.length > 1 && (
        <NativeSelect
          size="xs"
          className={styles.operator ?? ''}
          aria-label={t('policies.where.operator')}
          value={part.circumstanceOperator ?? 'any'}
          data={[
            { value: 'any', label: t('policies.where.any') },
            { value: 'all', label: t('policies.where.allOf') },
          ]}
          onChange={(event) => onChange({ circumstanceOperator: event.currentTarget.value === 'all' ? 'all' : 'any' })}
        />
      )}
      {circumstances.map((one, at) => (
        <CircumstanceRow
          // A circumstance has nothing to be known by but its place.
          key={`${at}-${circumstances.length}`}
          one={one}
          path={`circumstances.${at}`}
          problems={problems}
          onChange={(next) => put(circumstances.map((other, n) => (n === at ? next : other)))}
          onRemove={circumstances.length > 1 ? () => put(circumstances.filter((_, n) => n !== at)) : undefined}
        />
      ))}
      <div className={styles.slots}>
        <ActionButton
          size="xs"
          label={t('policies.where.add')}
          onClick={() => put([...circumstances, emptyCircumstance('tags')])}
        />
      </div>
      <Scope {...props} />
      {others.length > 0 && (
        <ul className={styles.problems}>
          {others.map((problem) => (
            <li key={`${problem.path}${problem.message}`}>{problem.message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
