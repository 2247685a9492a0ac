import { Checkbox, NativeSelect, PasswordInput, Radio, SegmentedControl, Switch, Tabs, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Duration, DurationPicker } from '../../ui/DurationPicker.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { SummaryErrors } from '../../ui/SummaryErrors.tsx';
import styles from './Catalogue.module.css';
import { Sample } from './Sample.tsx';
import { statements } from './samples.ts';

const nothing = () => undefined;

function Buttons() {
  return (
    <div className={styles.row}>
      <ActionButton label="Approve for 90 days" tone="primary" onClick={nothing} />
      <ActionButton label="Save" onClick={nothing} />
      <ActionButton label="Revoke access of 14 people" tone="danger" onClick={nothing} />
      <ActionButton label="Insert suggestion" tone="quiet" onClick={nothing} />
      <ActionButton label="Provisioning" tone="primary" isBusy onClick={nothing} />
      <ActionButton
        label="Publish"
        tone="primary"
        ability={{ allowed: false, reason: 'You need Manage Data Products in Claims. Ben Ito can grant it.' }}
        onClick={nothing}
      />
      <ActionButton label="Extra small" size="xs" onClick={nothing} />
    </div>
  );
}

function Fields() {
  const [reason, setReason] = useState('');
  const [duration, setDuration] = useState<Duration | null>({ duration: 90, durationUnit: 'DAYS' });
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        <SummaryErrors attempt={0} errors={[{ fieldId: 'sample-name', message: 'Give the product a name.' }]} />
        <TextInput id="sample-name" label="Name" error="Give the product a name." w="100%" />
        <TextInput label="Host" description="Name or address" placeholder="db.example.org" w="100%" />
        <PasswordInput label="Password" w="100%" visibilityToggleButtonProps={{ 'aria-label': 'Show' }} />
        <NativeSelect label="Encryption" data={['verify-full', 'require', 'disable']} w="100%" />
      </div>
      <div className={styles.stack}>
        <Checkbox label="Certified" defaultChecked />
        <Checkbox label="Contains masked columns" />
        <Radio label="Approve" defaultChecked name="sample" />
        <Radio label="Deny" name="sample" />
        <Switch label="Single-letter keys" defaultChecked />
        <SegmentedControl data={['System', 'Light', 'Dark']} aria-label="Theme" />
      </div>
      <div className={styles.stack}>
        <DurationPicker value={duration} onChange={setDuration} />
        <ReasonBox
          value={reason}
          onChange={setReason}
          templates={['Needed for the claims season.', 'Outside its purpose.']}
        />
      </div>
    </div>
  );
}

function Dialog() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <ActionButton label="Open the dialog" onClick={() => setIsOpen(true)} />
      <ConfirmDialog
        isOpen={isOpen}
        title="Revoke access of 14 people to Claims 360?"
        confirmLabel="Revoke 14 people"
        mustType="14"
        onConfirm={nothing}
        onClose={() => setIsOpen(false)}
      >
        <p>They lose SELECT on 4 tables within a second. Open sessions keep what they have read.</p>
      </ConfirmDialog>
    </>
  );
}

export function FormSamples() {
  return (
    <>
      <Sample title="Buttons">
        <Buttons />
        <Dialog />
      </Sample>
      <Sample title="Fields">
        <Fields />
      </Sample>
      <Sample title="Tabs">
        <Tabs defaultValue="overview">
          <Tabs.List aria-label="Sample tabs">
            <Tabs.Tab value="overview">Overview</Tabs.Tab>
            <Tabs.Tab value="data">Data</Tabs.Tab>
            <Tabs.Tab value="columns">Columns</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="overview">Purpose, usage, limitations.</Tabs.Panel>
          <Tabs.Panel value="data">Sources.</Tabs.Panel>
          <Tabs.Panel value="columns">Columns.</Tabs.Panel>
        </Tabs>
      </Sample>
      <Sample title="Statements">
        <StatementBlock statements={statements} connection="warehouse" isOpenAtFirst />
        <StatementBlock statements={statements.slice(0, 1)} connection="warehouse" />
      </Sample>
    </>
  );
}
