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
import type { PlacedProblem } from './placed-problems.ts';

type Part = Pick<PolicyDraft, 'scope' | 'circumstances' | 'circumstanceOperator'>;
type Props = {
  readonly part: Part;
  readonly scopeName: string | undefined;
  readonly mayBeGlobal: boolean;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (part: Partial<Part>) => void;
};

const shownAtOnce = 20;
const scopeKinds = ['global', 'domain', 'restricted', 'local'] as const;

function DomainField({ value, name, onChange }: { value: string; name: string; onChange: (id: string) => void }) {
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
      size="xs"
      className={styles.name ?? ''}
      label={t('policies.scope.domainName')}
      isLabelHidden
      placeholder={t('policies.scope.domainName')}
      options={known ? options : [{ value, label: name }, ...options]}
      value={value === '' ? null : value}
      onChoose={(option) => onChange(option.value)}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}

function SourceField({ value, name, onChange }: { value: number; name: string; onChange: (id: number) => void }) {
  const t = useText();
  const { filter, typed, onSearch, isSearching } = useServerSearch();
  const query = { searchText: filter, limit: shownAtOnce };
  const found = useOperation(listDataSources, { query }, { keepPrevious: true });
  const options = (found.data?.data ?? []).map((one) => ({ value: String(one.id), label: one.name }));
  const known = value === 0 || typed !== '' || options.some((one) => one.value === String(value));
  return (
    <SearchSelect
      size="xs"
      className={styles.name ?? ''}
      label={t('policies.scope.sourceName')}
      isLabelHidden
      placeholder={t('policies.scope.sourceName')}
      options={known ? options : [{ value: String(value), label: name }, ...options]}
      value={value === 0 ? null : String(value)}
      onChoose={(option) => onChange(Number(option.value))}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}

function Scope({ part, scopeName, mayBeGlobal, onChange }: Props) {
  const t = useText();
  const { scope } = part;
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
          onChange={(domainId) => onChange({ scope: { kind: 'domain', domainId } })}
        />
      )}
      {scope.kind === 'local' && (
        <SourceField
          value={scope.dataSourceId}
          name={scopeName ?? ''}
          onChange={(dataSourceId) => onChange({ scope: { kind: 'local', dataSourceId } })}
        />
      )}
    </div>
  );
}

function ObjectSlots({
  one,
  onChange,
}: {
  one: Extract<Circumstance, { type: 'object' }>;
  onChange: (next: Circumstance) => void;
}) {
  const t = useText();
  const found = useOperation(listConnections, { query: { limit: 100 } });
  const keys = (found.data?.data ?? []).map((connection) => connection.connectionKey);
  return (
    <>
      <NativeSelect
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
  onChange,
  onRemove,
}: {
  one: Circumstance;
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
        <TagField label={t('policies.tag')} value={one.tag} onChange={(tag) => onChange({ ...one, tag })} />
      )}
      {one.type === 'columnRegex' && (
        <TextInput
          size="xs"
          className={`${styles.name ?? ''} ${styles.monoField ?? ''}`}
          aria-label={t('policies.where.regex')}
          placeholder="e.?mail.*"
          value={one.regex}
          onChange={(event) => onChange({ ...one, regex: event.currentTarget.value })}
        />
      )}
      {one.type === 'object' && <ObjectSlots one={one} onChange={onChange} />}
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

/** Where a policy acts: within which bounds, and on which data sources there. */
export function PlaceEditor(props: Props) {
  const t = useText();
  const { part, problems, onChange } = props;
  const { circumstances } = part;
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
      {problems.length > 0 && (
        <ul className={styles.problems}>
          {problems.map((problem) => (
            <li key={`${problem.path}${problem.message}`}>{problem.message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
