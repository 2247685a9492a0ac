import { useState } from 'react';
import { AccessRail, type RailState } from '../../ui/AccessRail.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { railStepsOf } from '../../ui/rail-steps.tsx';
import styles from './Catalogue.module.css';
import { Sample } from './Sample.tsx';
import { rails } from './samples.ts';

const nodes = ['requested', 'decided', 'granted', 'verified', 'expires'] as const;

function LiveRail() {
  const [done, setDone] = useState(1);
  const stateAt = (at: number): RailState => (at < done ? 'done' : at === done ? 'active' : 'next');
  return (
    <div className={styles.stack}>
      <AccessRail orientation="horizontal" isCompact steps={nodes.map((node, at) => ({ node, state: stateAt(at) }))} />
      <ActionButton label="Next step" size="xs" onClick={() => setDone((done % 5) + 1)} />
    </div>
  );
}

const facts = {
  status: 'APPROVED',
  provisioning: 'ACTIVE',
  requestedAt: '2026-11-18T09:12:00Z',
  decidedAt: '2026-11-18T13:59:00Z',
  grantedAt: '2026-11-18T13:59:01Z',
  verifiedAt: '2026-11-18T13:59:01Z',
  expiresAt: '2027-02-16T13:59:00Z',
} as const;

export function RailSamples() {
  const [first] = rails;
  return (
    <>
      <Sample title="Access rail, vertical">
        <div className={styles.columns}>
          {rails.map((rail) => (
            <div key={rail.title} className={styles.stack}>
              <h3>{rail.title}</h3>
              <AccessRail steps={rail.steps} />
            </div>
          ))}
          <div className={styles.stack}>
            <h3>From the facts of a request</h3>
            <AccessRail steps={railStepsOf(facts)} />
          </div>
        </div>
      </Sample>
      <Sample title="Access rail, horizontal and in rows">
        {first !== undefined && <AccessRail steps={first.steps} orientation="horizontal" />}
        <LiveRail />
      </Sample>
    </>
  );
}
