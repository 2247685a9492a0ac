import { exportSimulation, type SimulatedChangeIn, type Simulation, simulate } from '@stoa/contract/simulation';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { downloadFrom } from '../../lib/download.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './preview.module.css';

type Changes = readonly SimulatedChangeIn[];
type Person = Simulation['gaining']['people'][number];
const shownAtFirst = 5;
const maskWords = ['null', 'constant', 'regex', 'hash', 'rounding', 'custom'] as const;

function PersonLine({ person }: { person: Person }) {
  const t = useText();
  const more = person.sourceCount - person.sources.length;
  return (
    <li className={styles.person}>
      <span className={styles.personName}>{person.name}</span>
      <span className={styles.small}>
        {person.reasons.map((reason) => t(`preview.reason.${reason.kind}`, { by: reason.by })).join(' ')}
      </span>
      <span className={styles.small}>
        {person.sources.join(', ')}
        {more > 0 && ` ${t('preview.more', { count: more })}`}
      </span>
      {person.withoutAccount.length > 0 && (
        <span className={styles.small}>
          {t('preview.noAccount', { connections: person.withoutAccount.join(', ') })}
        </span>
      )}
    </li>
  );
}

function People({ title, side }: { title: string; side: Simulation['gaining'] }) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  if (side.count === 0) return null;
  const shown = isOpen ? side.people : side.people.slice(0, shownAtFirst);
  const rest = side.count - side.people.length;
  return (
    <section aria-label={title}>
      <h3 className={styles.sideTitle}>{title}</h3>
      <ul className={styles.list}>
        {shown.map((person) => (
          <PersonLine key={person.globalUserId} person={person} />
        ))}
      </ul>
      {side.people.length > shownAtFirst && (
        <ActionButton
          size="xs"
          tone="quiet"
          label={isOpen ? t('preview.fewer') : t('preview.all', { count: side.people.length })}
          onClick={() => setIsOpen(!isOpen)}
        />
      )}
      {isOpen && rest > 0 && <p className={styles.small}>{t('preview.inFile', { count: rest })}</p>}
    </section>
  );
}

function Notes({ simulation }: { simulation: Simulation }) {
  const t = useText();
  const { warnings, conflicts, endingExceptions } = simulation;
  const ends = () => {
    const first = endingExceptions.people.slice(0, shownAtFirst);
    const names = first.map(({ name, columns }) => `${name} (${columns.join(', ')})`).join('; ');
    const { count } = endingExceptions;
    return t('preview.warning.EXCEPTION_ENDS', { count, names, more: count - first.length });
  };
  if (warnings.length + conflicts.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {conflicts.slice(0, shownAtFirst).map((one) => (
        <li key={one.source}>
          <IconAlertTriangle size={16} stroke={1.75} aria-hidden="true" />
          <span>{t('preview.conflict', { source: one.source, policies: one.policies.join(', ') })}</span>
        </li>
      ))}
      {warnings.map((one) => (
        <li key={one.code}>
          <IconAlertTriangle size={16} stroke={1.75} aria-hidden="true" />
          <span>{one.code === 'EXCEPTION_ENDS' ? ends() : t(`preview.warning.${one.code}`)}</span>
        </li>
      ))}
    </ul>
  );
}

const sightsShown = 12;

/** What readers would see otherwise, column by column. */
function Sights({ simulation }: { simulation: Simulation }) {
  const t = useText();
  const { columns, rows, notEnforceable } = simulation;
  if (columns.count + rows.count + notEnforceable.length === 0) return null;
  const word = (mask: string | null) => {
    const known = wordOf(maskWords, mask);
    return known === undefined ? t('preview.clear') : t(`preview.maskState.${known}`);
  };
  return (
    <section aria-label={t('preview.columns', { count: columns.count })}>
      <h3 className={styles.sideTitle}>{t('preview.columns', { count: columns.count })}</h3>
      <ul className={styles.list}>
        {columns.changes.slice(0, sightsShown).map((one) => (
          <li key={`${one.source}.${one.column}`} className={styles.person}>
            <span className={styles.personName}>{`${one.source}.${one.column}`}</span>
            <span className={styles.small}>
              {t('preview.maskChange', { before: word(one.before), after: word(one.after) })}
              {one.degradedTo !== null && ` ${t('preview.degraded')}`}
            </span>
          </li>
        ))}
      </ul>
      {columns.count > sightsShown && (
        <p className={styles.small}>{t('preview.more', { count: columns.count - sightsShown })}</p>
      )}
      {rows.count > 0 && <p className={styles.small}>{t('preview.rows', { count: rows.count })}</p>}
      {notEnforceable.slice(0, shownAtFirst).map((one) => (
        <p key={`${one.source}${one.policy}`} className={styles.small}>
          {t('preview.notEnforceable', { source: one.source })}
        </p>
      ))}
    </section>
  );
}

/** Each platform is looked at for its statements, so that they are asked for and not counted with every letter. */
function Statements({ changes }: { changes: Changes }) {
  const t = useText();
  const plan = useCommand(simulate);
  const run = () => plan.mutate({ body: { changes: [...changes], statements: true } });
  return (
    <div className={styles.part}>
      <ActionButton size="xs" label={t('preview.statements')} isBusy={plan.isPending} onClick={run} />
      {plan.error !== null && <ErrorNotice problem={plan.error} onRetry={run} isLastShown />}
      {plan.data?.connections.map((one) => (
        <div key={one.connectionKey} className={styles.part}>
          {one.statements !== undefined && (
            <StatementBlock
              connection={one.connectionKey}
              statements={one.statements}
              isOpenAtFirst={one.statements.length > 0}
            />
          )}
          {(one.statementCount ?? 0) > (one.statements?.length ?? 0) && (
            <p className={styles.small}>
              {t('preview.statementsCut', { shown: one.statements?.length ?? 0, count: one.statementCount ?? 0 })}
            </p>
          )}
          {one.problem !== undefined && (
            <p className={styles.small}>
              {one.connectionKey}: {one.problem}
            </p>
          )}
        </div>
      ))}
    </div>
  );
}

function Accounts({ accounts }: { accounts: Simulation['accounts'] }) {
  const t = useText();
  if (accounts.count === 0) return null;
  const title = t('preview.accounts', { count: accounts.count });
  return (
    <section aria-label={title}>
      <h3 className={styles.sideTitle}>{title}</h3>
      <ul className={styles.list}>
        {accounts.changes.map((one) => (
          <li key={`${one.globalUserId}${one.connectionKey}`} className={styles.person}>
            <span className={styles.personName}>{one.name}</span>
            <span className={styles.small}>
              {t('preview.account', {
                connection: one.connectionKey,
                before: one.before ?? t('preview.noLogin'),
                after: one.after ?? t('preview.noLogin'),
              })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Numbers({ simulation }: { simulation: Simulation }) {
  const t = useText();
  const numbers = [
    { word: t('preview.gain'), count: simulation.gaining.count, tone: 'gain' },
    { word: t('preview.lose'), count: simulation.losing.count, tone: 'lose' },
    { word: t('preview.same'), count: simulation.unchanged, tone: 'same' },
  ];
  return (
    <dl className={styles.numbers}>
      {numbers.map(({ word, count, tone }) => (
        <div key={tone} data-tone={count === 0 ? 'same' : tone}>
          <dt>{word}</dt>
          <dd className="num">{count}</dd>
        </div>
      ))}
    </dl>
  );
}

/** People whose groups or attributes lift masks or lay them, with the columns. */
function Seers({ sights }: { sights: Simulation['sights'] }) {
  const t = useText();
  if (sights.count === 0) return null;
  const title = t('preview.sights', { count: sights.count });
  return (
    <section aria-label={title}>
      <h3 className={styles.sideTitle}>{title}</h3>
      <ul className={styles.list}>
        {sights.people.map((one) => (
          <li key={one.globalUserId} className={styles.person}>
            <span className={styles.personName}>{one.name}</span>
            {one.clear.length > 0 && (
              <span className={styles.small}>{t('preview.seesClear', { columns: one.clear.join(', ') })}</span>
            )}
            {one.hidden.length > 0 && (
              <span className={styles.small}>{t('preview.seesMasked', { columns: one.hidden.join(', ') })}</span>
            )}
          </li>
        ))}
      </ul>
      {sights.count > sights.people.length && (
        <p className={styles.small}>{t('preview.more', { count: sights.count - sights.people.length })}</p>
      )}
    </section>
  );
}

const isWithoutEffect = ({ gaining, losing, columns, rows, accounts, sights }: Simulation): boolean =>
  gaining.count + losing.count + columns.count + rows.count + accounts.count + sights.count === 0;

/** What changes would do: numbers first, then whom, what readers see otherwise, and what each platform would run. */
export function PreviewResult({ simulation, changes }: { simulation: Simulation; changes: Changes }) {
  const t = useText();
  const { gaining, losing, sourceCount, connections } = simulation;
  // A policy says how many stay as they are, also where that is everybody.
  const isIdle = isWithoutEffect(simulation) && simulation.unchanged === 0;
  return (
    <div className={styles.result}>
      {!isIdle && <Numbers simulation={simulation} />}
      <p className={isIdle ? undefined : styles.small}>
        {isIdle ? t('preview.nothing') : t('preview.sources', { count: sourceCount })}
      </p>
      <Notes simulation={simulation} />
      <Sights simulation={simulation} />
      <People title={t('preview.gaining', { count: gaining.count })} side={gaining} />
      <People title={t('preview.losing', { count: losing.count })} side={losing} />
      <Seers sights={simulation.sights} />
      <Accounts accounts={simulation.accounts} />
      {gaining.count + losing.count > 0 && (
        <div className={styles.part}>
          <ActionButton
            size="xs"
            tone="quiet"
            icon={<IconDownload size={16} stroke={1.75} aria-hidden="true" />}
            label={t('preview.export')}
            onClick={() => void downloadFrom(exportSimulation, { body: { changes: [...changes] } }, 'preview.csv')}
          />
        </div>
      )}
      {connections.length > 0 && <Statements key={JSON.stringify(changes)} changes={changes} />}
    </div>
  );
}
