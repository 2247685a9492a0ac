import { TextInput } from '@mantine/core';
import {
  certifySourcePolicy,
  listCertifications,
  listSourcePolicies,
  selectSourcePolicy,
  switchSourcePolicy,
} from '@stoa/contract/source-policy';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { callOf } from '../preview/call-of.ts';
import { ChangeDialog, type Confirmed } from '../preview/ChangeDialog.tsx';
import type { Asked } from './settle-acts.ts';

/** The commands behind the acts, each with the call that its preview is counted for; what was confirmed goes in the body. */
function useSettling(dataSourceId: number, { one, act }: Asked, reason: string, onDone: () => void) {
  const how = { invalidates: [listSourcePolicies, listCertifications], onSuccess: onDone };
  const switching = useCommand(switchSourcePolicy, how);
  const selecting = useCommand(selectSourcePolicy, how);
  const signing = useCommand(certifySourcePolicy, how);
  const all = [switching, selecting, signing];
  const params = { id: dataSourceId, policyId: one.policyId };
  const shared = {
    isBusy: all.some((each) => each.isPending),
    problem: all.find((each) => each.error !== null)?.error ?? null,
    reset: () => all.forEach((each) => each.reset()),
  };
  if (act === 'sign') {
    const body = { version: one.version };
    return {
      ...shared,
      change: callOf(certifySourcePolicy, { params, body }),
      run: (confirmed: Confirmed) => signing.mutate({ params, body: { ...body, ...confirmed } }),
    };
  }
  if (act === 'select' || act === 'unselect') {
    const body = { selected: act === 'select' };
    return {
      ...shared,
      change: callOf(selectSourcePolicy, { params, body }),
      run: (confirmed: Confirmed) => selecting.mutate({ params, body: { ...body, ...confirmed } }),
    };
  }
  const isOff = act === 'switchOff';
  const body = { off: isOff, ...(isOff ? { reason: reason.trim() } : {}) };
  return {
    ...shared,
    change: isOff && reason.trim() === '' ? undefined : callOf(switchSourcePolicy, { params, body }),
    run: (confirmed: Confirmed) => switching.mutate({ params, body: { ...body, ...confirmed } }),
  };
}

type Props = { readonly asked: Asked; readonly dataSourceId: number; readonly onClose: () => void };

/** What an owner decides, before it holds: the words to be signed or the reason, and whom it gives and takes access. */
export function SettleDialog({ asked, dataSourceId, onClose }: Props) {
  const t = useText();
  const [reason, setReason] = useState('');
  const { one, act } = asked;
  const settling = useSettling(dataSourceId, asked, reason, onClose);
  return (
    <ChangeDialog
      isOpen
      title={t(`owners.ask.${act}`, { name: one.name })}
      confirmLabel={t(`owners.act.${act}`)}
      change={settling.change}
      isBusy={settling.isBusy}
      problem={settling.problem}
      onConfirm={settling.run}
      onClose={() => {
        settling.reset();
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
          required
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <p className="text-2">{t(`owners.effect.${act}`)}</p>
    </ChangeDialog>
  );
}
