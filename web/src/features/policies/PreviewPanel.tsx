import { exportSimulation, type Simulation, simulate } from '@stoa/contract/simulation';
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
import type { Preview } from './use-preview.ts';

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
        {person.reasons.map((reason) => t(`policies.reason.${reason.kind}`, { by: reason.by })).join(' ')}
      </span>
      <span className={styles.small}>
        {person.sources.join(', ')}
        {more > 0 && ` ${t('policies.preview.more', { count: more })}`}
      </span>
      {person.withoutAccount.length > 0 && (
        <span className={styles.small}>
          {t('policies.preview.noAccount', { connections: person.withoutAccount.join(', ') })}
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
          label={isOpen ? t('policies.preview.fewer') : t('policies.preview.all', { count: side.people.length })}
          onClick={() => setIsOpen(!isOpen)}
        />
      )}
      {isOpen && rest > 0 && <p className={styles.small}>{t('policies.preview.inFile', { count: rest })}</p>}
    </section>
  );
}

function Notes({ simulation }: { simulation: Simulation }) {
  const t = useText();
  const { warnings, conflicts } = simulation;
  if (warnings.length + conflicts.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {conflicts.slice(0, shownAtFirst).map((one) => (
        <li key={one.source}>
          <IconAlertTriangle size={16} stroke={1.75} aria-hidden="true" />
          <span>{t('policies.preview.conflict', { source: one.source, policies: one.policies.join(', ') })}</span>
        </li>
      ))}
      {warnings.map((one) => (
        <li key={one.code}>
          <IconAlertTriangle size={16} stroke={1.75} aria-hidden="true" />
          <span>{t(`policies.warning.${one.code}`)}</span>
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
    return known === undefined ? t('policies.preview.clear') : t(`policies.maskState.${known}`);
  };
  return (
    <section aria-label={t('policies.preview.columns', { count: columns.count })}>
      <h3 className={styles.sideTitle}>{t('policies.preview.columns', { count: columns.count })}</h3>
      <ul className={styles.list}>
        {columns.changes.slice(0, sightsShown).map((one) => (
          <li key={`${one.source}.${one.column}`} className={styles.person}>
            <span className={styles.personName}>{`${one.source}.${one.column}`}</span>
            <span className={styles.small}>
              {t('policies.preview.maskChange', { before: word(one.before), after: word(one.after) })}
              {one.degradedTo !== null && ` ${t('policies.preview.degraded')}`}
            </span>
          </li>
        ))}
      </ul>
      {columns.count > sightsShown && (
        <p className={styles.small}>{t('policies.preview.more', { count: columns.count - sightsShown })}</p>
      )}
      {rows.count > 0 && <p className={styles.small}>{t('policies.preview.rows', { count: rows.count })}</p>}
      {notEnforceable.slice(0, shownAtFirst).map((one) => (
        <p key={`${one.source}${one.policy}`} className={styles.small}>
          {t('policies.preview.notEnforceable', { source: one.source })}
        </p>
      ))}
    </section>
  );
}

/** Each platform is looked at for its statements, so that they are asked for and not counted with every letter. */
function Statements({ preview }: { preview: Preview }) {
  const t = useText();
  const plan = useCommand(simulate);
  const run = () => plan.mutate({ body: { changes: [preview.change], statements: true } });
  return (
    <div className={styles.part}>
      <ActionButton size="xs" label={t('policies.preview.statements')} isBusy={plan.isPending} onClick={run} />
      {plan.error !== null && <ErrorNotice problem={plan.error} onRetry={run} isLastShown />}
      {plan.data?.connections.map((one) =>
        one.problem === undefined ? (
          <StatementBlock
            key={one.connectionKey}
            connection={one.connectionKey}
            statements={one.statements ?? []}
            isOpenAtFirst={(one.statementCount ?? 0) > 0}
          />
        ) : (
          <p key={one.connectionKey} className={styles.small}>
            {one.connectionKey}: {one.problem}
          </p>
        ),
      )}
    </div>
  );
}

function Found({ preview, simulation }: { preview: Preview; simulation: Simulation }) {
  const t = useText();
  const { gaining, losing, unchanged, sourceCount } = simulation;
  const numbers = [
    { word: t('policies.preview.gain'), count: gaining.count, tone: 'gain' },
    { word: t('policies.preview.lose'), count: losing.count, tone: 'lose' },
    { word: t('policies.preview.same'), count: unchanged, tone: 'same' },
  ];
  return (
    <>
      <dl className={styles.numbers}>
        {numbers.map(({ word, count, tone }) => (
          <div key={tone} data-tone={count === 0 ? 'same' : tone}>
            <dt>{word}</dt>
            <dd className="num">{count}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.small}>{t('policies.preview.sources', { count: sourceCount })}</p>
      <Notes simulation={simulation} />
      <Sights simulation={simulation} />
      <People title={t('policies.preview.gaining', { count: gaining.count })} side={gaining} />
      <People title={t('policies.preview.losing', { count: losing.count })} side={losing} />
      {gaining.count + losing.count > 0 && (
        <div className={styles.part}>
          <ActionButton
            size="xs"
            tone="quiet"
            icon={<IconDownload size={16} stroke={1.75} aria-hidden="true" />}
            label={t('policies.preview.export')}
            onClick={() => void downloadFrom(exportSimulation, { body: { changes: [preview.change] } }, 'preview.csv')}
          />
        </div>
      )}
      {!preview.isOfData && <Statements key={JSON.stringify(preview.change)} preview={preview} />}
    </>
  );
}

/** What the policy on the page would do, counted anew with every change of it; an old count is never shown. */
export function PreviewPanel({ preview }: { preview: Preview }) {
  const t = useText();
  const { isCounting, simulation, problem } = preview;
  const isUnready = !preview.isReady || problem?.status === 422;
  return (
    <aside className={styles.panel} aria-labelledby="policy-preview">
      <h2 id="policy-preview" className={styles.title}>
        {t('policies.preview')}
      </h2>
      <p className={styles.small}>{t(`policies.preview.${preview.of}`)}</p>
      <div aria-live="polite">
        {isCounting && <p>{t('policies.preview.counting')}</p>}
        {isUnready && <p className={styles.small}>{t('policies.preview.unready')}</p>}
      </div>
      {problem !== null && !isUnready && <ErrorNotice problem={problem} onRetry={preview.retry} isLastShown />}
      {simulation !== undefined && <Found preview={preview} simulation={simulation} />}
    </aside>
  );
}
