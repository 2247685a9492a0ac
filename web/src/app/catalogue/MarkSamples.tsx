import { accessStatus, connectionState, objectProvisioningState, sourceAccess, technology } from '@stoa/contract/enums';
import { useState } from 'react';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { AttentionBlock, AttentionDot } from '../../ui/Attention.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Catalogue.module.css';
import { Sample } from './Sample.tsx';
import { names } from './samples.ts';

function Hatches() {
  const [isLifted, setIsLifted] = useState(false);
  return (
    <div className={styles.row}>
      <RedactionHatch mask="last 4" />
      <RedactionHatch mask="hash" />
      <RedactionHatch mask="null" isLifted={isLifted}>
        4929 1120 7731 0042
      </RedactionHatch>
      <ActionButton label="Lift the mask" size="xs" onClick={() => setIsLifted(!isLifted)} />
    </div>
  );
}

function States() {
  return (
    <>
      <div className={styles.row}>
        {accessStatus.options.map((value) => (
          <StatusMark key={value} kind="request" value={value} />
        ))}
      </div>
      <div className={styles.row}>
        {objectProvisioningState.options.map((value) => (
          <StatusMark key={value} kind="provisioning" value={value} />
        ))}
      </div>
      <div className={styles.row}>
        {connectionState.options.map((value) => (
          <StatusMark key={value} kind="connection" value={value} isTinted />
        ))}
        {sourceAccess.options.map((value) => (
          <StatusMark key={value} kind="access" value={value} isTinted />
        ))}
        <StatusMark kind="provisioning" value="PROVISIONING" detail="3 of 5 verified" isTinted />
        <StatusMark kind="check" value="pass" isTinted />
        <StatusMark kind="check" value="warn" isTinted />
        <StatusMark kind="check" value="fail" isTinted />
        <StatusMark kind="request" value="PENDING" isTinted />
      </div>
    </>
  );
}

function Names() {
  return (
    <>
      <div className={styles.stack}>
        <Identifier value={names.short} prefix="SNOWFLAKE" />
        <Identifier value={names.long} />
        <Identifier value={names.hostile} isCopyable={false} />
      </div>
      <div className={styles.row}>
        <PersonName name="Ana Ruiz" username="ana.ruiz" withUsername />
        <PersonName name="Nightly pipeline" isAgent />
        <PersonName name="Ben Ito" isDisabled />
        <PersonName />
      </div>
      <div className={styles.row}>
        {technology.options.map((value) => (
          <PlatformGlyph key={value} technology={value} isNamed />
        ))}
      </div>
      <div className={styles.row}>
        <TimeStamp value="2027-03-03T16:00:00Z" withRelative isFocusable />
        <TimeStamp value="2026-01-03T16:00:00Z" style="date" />
        <TimeStamp value="2026-01-03T16:00:00Z" style="relative" />
      </div>
    </>
  );
}

export function MarkSamples() {
  return (
    <>
      <Sample title="States">
        <States />
      </Sample>
      <Sample title="Redaction hatch">
        <Hatches />
      </Sample>
      <Sample title="Attention">
        <div className={styles.row}>
          <AttentionDot />
          <AttentionBlock>
            <p>Ana Ruiz asks to read Claims 360.</p>
          </AttentionBlock>
        </div>
      </Sample>
      <Sample title="Identifiers, people, platforms, times">
        <Names />
      </Sample>
    </>
  );
}
