import type { ReactNode } from 'react';
import { type MessageId, useText } from '../app/messages/use-text.tsx';
import styles from './AccessRail.module.css';

export type RailNode = 'requested' | 'decided' | 'granted' | 'verified' | 'expires';
export type RailState = 'done' | 'active' | 'next' | 'blocked' | 'failed';
export type RailStep = {
  readonly node: RailNode;
  readonly state: RailState;
  /** Other words for the node: "Denied" instead of "Decided", say. */
  readonly label?: string;
  readonly detail?: ReactNode;
};

type Props = {
  readonly steps: readonly RailStep[];
  readonly orientation?: 'vertical' | 'horizontal';
  /** In table rows: small nodes, labels kept for those who cannot see the rail. */
  readonly isCompact?: boolean;
};

const nodeText: Readonly<Record<RailNode, MessageId>> = {
  requested: 'ui.rail.requested',
  decided: 'ui.rail.decided',
  granted: 'ui.rail.granted',
  verified: 'ui.rail.verified',
  expires: 'ui.rail.expires',
};

const stateText: Readonly<Record<RailState, MessageId>> = {
  done: 'ui.rail.state.done',
  active: 'ui.rail.state.active',
  next: 'ui.rail.state.next',
  blocked: 'ui.rail.state.blocked',
  failed: 'ui.rail.state.failed',
};

function NodeMark({ node, state }: { node: RailNode; state: RailState }) {
  const isDiamond = node === 'decided';
  return (
    <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {node === 'expires' ? (
        <path className={styles.dashes} d="M10 2v16" />
      ) : (
        <rect
          className={styles.shape}
          x="4"
          y="4"
          width="12"
          height="12"
          transform={isDiamond ? 'rotate(45 10 10) translate(1.2 1.2) scale(.88)' : undefined}
        />
      )}
      {state === 'blocked' && node !== 'expires' && (
        <path className={styles.hatch} d="M5 9l4-4M5 13l8-8M7 15l8-8M11 15l4-4" />
      )}
      {state === 'failed' && <path className={styles.cross} d="M7 7l6 6M13 7l-6 6" />}
      {node === 'verified' && state === 'done' && <path className={styles.tick} d="M6.8 10.2l2.3 2.3 4.2-4.8" />}
    </svg>
  );
}

/** The rail of an access: what is done is filled, what is next is outlined, what is blocked is hatched. */
export function AccessRail({ steps, orientation = 'vertical', isCompact = false }: Props) {
  const t = useText();
  return (
    <ol
      className={styles.rail}
      data-orientation={orientation}
      data-compact={isCompact || undefined}
      aria-label={t('ui.rail.label')}
    >
      {steps.map((step) => (
        <li key={step.node} className={styles.step} data-node={step.node} data-state={step.state}>
          <NodeMark node={step.node} state={step.state} />
          <span className={isCompact ? 'sr-only' : styles.words}>
            <span className={styles.label}>
              {step.label ?? t(nodeText[step.node])}
              <span className="sr-only"> {t(stateText[step.state])}</span>
            </span>
            {step.detail !== undefined && <span className={styles.detail}>{step.detail}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
