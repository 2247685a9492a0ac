import { TextInput } from '@mantine/core';
import {
  certifySourcePolicy,
  listCertifications,
  listSourcePolicies,
  selectSourcePolicy,
  type SourcePolicy,
  switchSourcePolicy,
} from '@stoa/contract/source-policy';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './Objects.module.css';

const acts = ['sign', 'switchOff', 'switchOn', 'select', 'unselect'] as const;
type Act = (typeof acts)[number];
type Asked = { readonly one: SourcePolicy; readonly act: Act };

/** The commands behind the acts; each reads the list again. */
function useActs(dataSourceId: number, onDone: () => void) {
  const how = { invalidates: [listSourcePolicies, listCertifications], onSuccess: onDone };
  const switching = useCommand(switchSourcePolicy, how);
  const selecting = useCommand(selectSourcePolicy, how);
  const signing = useCommand(certifySourcePolicy, how);
  const all = [switching, selecting, signing];
  const run = ({ one, act }: Asked, reason: string) => {
    const params = { id: dataSourceId, policyId: one.policyId };
    if (act === 'sign') signing.mutate({ params, body: { version: one.version } });
    else if (act === 'switchOff') switching.mutate({ params, body: { off: true, reason } });
    else if (act === 'switchOn') switching.mutate({ params, body: { off: false } });
    else selecting.mutate({ params, body: { selected: act === 'select' } });
  };
  return {
    run,
    isBusy: all.some((one) => one.isPending),
    problem: all.find((one) => one.error !== null)?.error ?? null,
    reset: () => all.forEach((one) => one.reset()),
  };
}

/** What is asked once more before it holds: the words to be signed, or the reason. */
function Ask({ asked, dataSourceId, onClose }: { asked: Asked; dataSourceId: number; onClose: () => void }) {
  const t = useText();
  const [reason, setReason] = useState('');
  const { one, act } = asked;
  const command = useActs(dataSourceId, onClose);
  return (
    <ConfirmDialog
      isOpen
      tone="primary"
      title={t(`owners.ask.${act}`, { name: one.name })}
      confirmLabel={t(`owners.act.${act}`)}
      isBusy={command.isBusy}
      problem={command.problem}
      onConfirm={() => command.run(asked, reason)}
      onClose={() => {
        command.reset();
        onClose();
      }}
    >
      {act === 'sign' && one.certification !== null && (
        <>
          <p>
            <strong>{one.certification.label}</strong>
          </p>
          <p>{one.certification.text}</p>
        </>
      )}
      {act === 'switchOff' && (
        <TextInput
          label={t('owners.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <p className="text-2">{t(`owners.effect.${act}`)}</p>
    </ConfirmDialog>
  );
}

function useNote(): (one: SourcePolicy) => string {
  const t = useText();
  return (one) => {
    if (one.off !== null) return t('owners.offBy', { who: one.off.by?.name ?? '', reason: one.off.reason });
    if (one.loses.length > 0 && one.wins.length === 0) return t('owners.loses', { columns: one.loses.join(', ') });
    if (one.wins.length > 0) return t('owners.wins', { columns: one.wins.join(', ') });
    return one.signed === null ? '' : t('owners.signedBy', { who: one.signed.by?.name ?? '' });
  };
}

function Row({ one, onAsk }: { one: SourcePolicy; onAsk: (act: Act) => void }) {
  const t = useText();
  const note = useNote()(one);
  const offered = acts.filter((act) => abilityOn(one.abilities, act).allowed);
  return (
    <li className={styles.column}>
      <LinkTo to="/govern/policies/$id" params={{ id: one.policyId }} search={{}}>
        {one.name}
      </LinkTo>
      <span className={one.standing === 'CONFLICT' || one.standing === 'WAITING' ? styles.warn : 'text-2'}>
        {t(`owners.standing.${one.standing}`)}
      </span>
      <span className={styles.columnNote}>
        {note}
        {offered.map((act) => (
          <ActionButton
            key={act}
            tone="quiet"
            size="xs"
            label={t(`owners.act.${act}`)}
            fullLabel={t(`owners.ask.${act}`, { name: one.name })}
            onClick={() => onAsk(act)}
          />
        ))}
      </span>
    </li>
  );
}

/** The policies that are meant for a data source, how each stands there, and what its owner can decide. */
export function SourcePolicies({ dataSourceId }: { dataSourceId: number }) {
  const t = useText();
  const [asked, setAsked] = useState<Asked>();
  const found = useOperation(listSourcePolicies, { params: { id: dataSourceId } });
  // Whoever may not read them sees the source without them.
  if (found.error?.status === 404) return null;
  if (found.error !== null) return <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <SkeletonText lines={2} />;
  const { data, abilities } = found.data;
  return (
    <div className={styles.part}>
      <h3>{t('owners.policies')}</h3>
      {data.length === 0 ? (
        <p className="text-2">{t('owners.noPolicies')}</p>
      ) : (
        <ul className={styles.columns}>
          {data.map((one) => (
            <Row key={one.policyId} one={one} onAsk={(act) => setAsked({ one, act })} />
          ))}
        </ul>
      )}
      {abilityOn(abilities, 'author').allowed && (
        <LinkTo look="button" to="/govern/policies/$id" params={{ id: 'new' }} search={{}}>
          {t('owners.write')}
        </LinkTo>
      )}
      {asked !== undefined && <Ask asked={asked} dataSourceId={dataSourceId} onClose={() => setAsked(undefined)} />}
    </div>
  );
}
