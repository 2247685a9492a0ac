import { Radio, TextInput } from '@mantine/core';
import type { Connection } from '@stoa/contract/connection';
import { fileTakeBack, listTakeBacks, previewTakeBack, type TakeBackPlan } from '@stoa/contract/existing-grant';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from '../connections/Connections.module.css';
import { KeptTable } from './KeptTable.tsx';
import { Losing } from './Losing.tsx';
import { readPath } from './path-text.ts';
import { StatementTable } from './StatementTable.tsx';

const modes = ['adopt', 'take_over'] as const;
type Asked = { readonly mode: (typeof modes)[number]; readonly path: string[]; readonly findingIds?: string[] };

/** The finding that one came from is meant alone, and is taken over: what everybody has is never adopted. */
function FromFinding({ connection, count }: { connection: Connection; count: number }) {
  const t = useText();
  return (
    <Banner>
      {t('takeBack.of', { count })}{' '}
      <LinkTo
        to="/admin/connections/$key"
        params={{ key: connection.connectionKey }}
        search={{ tab: 'drift', view: 'grants' }}
      >
        {t('takeBack.ofAll')}
      </LinkTo>
    </Banner>
  );
}

/** What is asked, the plan as it is now, and its filing. */
export function PlanForm({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const list = useListState();
  const findingIds = list.values('of');
  const isOfFindings = findingIds.length > 0;
  const [mode, setMode] = useState<Asked['mode']>('adopt');
  const [text, setText] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const look = useCommand(previewTakeBack, {
    onSuccess: ({ statementCount, keptCount }) =>
      announce(t('takeBack.looked', { count: statementCount, kept: keptCount })),
  });
  /** What is shown is never the plan of another question. */
  const changed =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      look.reset();
    };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const path = readPath(text, connection.config.database);
    setIsWrong(path === null);
    if (path === null) return;
    const next: Asked = isOfFindings ? { mode: 'take_over', path: [], findingIds: [...findingIds] } : { mode, path };
    setAsked(next);
    look.mutate({ params: { connectionKey: connection.connectionKey }, body: next });
  };
  const plan = look.isPending ? undefined : look.data;
  return (
    <>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {isOfFindings ? (
          <FromFinding connection={connection} count={findingIds.length} />
        ) : (
          <Scope mode={mode} onMode={changed(setMode)} text={text} onText={changed(setText)} isWrong={isWrong} />
        )}
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            tone={plan === undefined ? 'primary' : 'default'}
            label={t(plan === undefined ? 'takeBack.look' : 'takeBack.lookAgain')}
            ability={connection.abilities?.['takeBack']}
            isBusy={look.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
      {look.isPending && (
        <>
          <p className="text-2">{t('takeBack.looking')}</p>
          <SkeletonText lines={6} />
        </>
      )}
      {look.error !== null && <ErrorNotice problem={look.error} />}
      {plan !== undefined && asked !== undefined && <Plan plan={plan} asked={asked} />}
    </>
  );
}

type ScopeProps = {
  readonly mode: Asked['mode'];
  readonly onMode: (mode: Asked['mode']) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly isWrong: boolean;
};

function Scope({ mode, onMode, text, onText, isWrong }: ScopeProps) {
  const t = useText();
  return (
    <>
      <Radio.Group
        label={t('takeBack.mode')}
        value={mode}
        onChange={(value) => onMode(modes.find((one) => one === value) ?? 'adopt')}
      >
        <div className={styles.stack}>
          {modes.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`takeBack.mode.${one}`)}
              description={t(`takeBack.mode.${one}.hint`)}
            />
          ))}
        </div>
      </Radio.Group>
      <TextInput
        label={t('takeBack.path')}
        description={t('takeBack.path.hint')}
        error={isWrong ? t('takeBack.path.wrong') : undefined}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </>
  );
}

function Plan({ plan, asked }: { plan: TakeBackPlan; asked: Asked }) {
  const t = useText();
  return (
    <>
      <FactList
        facts={[
          { label: t('takeBack.fact.statements'), value: plan.statementCount },
          { label: t('takeBack.fact.own'), value: plan.ownCount },
          { label: t('takeBack.fact.administrator'), value: plan.statementCount - plan.ownCount },
          { label: t('takeBack.fact.losing'), value: plan.losingCount },
          { label: t('takeBack.fact.kept'), value: plan.keptCount },
          { label: t('takeBack.fact.observed'), value: <TimeStamp value={plan.observedAt} style="relative" /> },
        ]}
      />
      <StatementTable plan={plan} />
      {plan.statementCount > 0 && <Losing plan={plan} />}
      <KeptTable plan={plan} />
      {plan.statementCount > 0 && <Filing plan={plan} asked={asked} />}
    </>
  );
}

function Filing({ plan, asked }: { plan: TakeBackPlan; asked: Asked }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const { connectionKey, planHash } = plan;
  const file = useCommand(fileTakeBack, {
    invalidates: [listTakeBacks],
    onSuccess: ({ id }) => {
      announce(t('takeBack.filed'));
      void navigate({
        to: '/admin/connections/$key',
        params: { key: connectionKey },
        search: { tab: 'drift', row: id },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsMissing(reason.trim() === '');
    if (reason.trim() === '') return;
    file.mutate({ params: { connectionKey }, body: { ...asked, planHash, reason: reason.trim() } });
  };
  return (
    <Section title={t('takeBack.file')} lead={t('takeBack.fileLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        <ReasonBox
          value={reason}
          hint={t('takeBack.reasonHint')}
          onChange={setReason}
          {...(isMissing ? { error: t('takeBack.reasonMissing') } : {})}
        />
        {file.error !== null && <ErrorNotice problem={file.error} isWrite />}
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            tone="primary"
            label={t('takeBack.file')}
            isBusy={file.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}
