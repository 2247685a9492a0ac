import { CloseButton, NativeSelect } from '@mantine/core';
import type { Stage } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Handles, MoveHandles, useReorder } from '../../ui/reorder.tsx';
import { AddReviewer } from './AddReviewer.tsx';
import { keyOfReviewer, modeOf, moved, replaced, sourcesOf, stageOf, without } from './flow-draft.ts';
import { ProblemsAt } from './problems.tsx';
import { useSourceText } from './use-source-text.ts';
import styles from './flows.module.css';

type Props = {
  readonly stages: readonly Stage[];
  readonly path: string;
  readonly onChange: (stages: Stage[]) => void;
};

const modes = ['any', 'all'] as const;

type StageProps = {
  readonly stage: Stage;
  readonly number: number;
  readonly path: string;
  readonly onChange: (stage: Stage) => void;
  /** Absent while it is the only stage. */
  readonly onRemove?: (() => void) | undefined;
  readonly handles: Handles;
};

function OneStage({ stage, number, path, onChange, onRemove, handles }: StageProps) {
  const t = useText();
  const words = useSourceText();
  const mode = modeOf(stage);
  const sources = sourcesOf(stage);
  const name = t('flows.stage', { n: number });
  return (
    <div className={styles.stage}>
      <div className={styles.slots}>
        <span className={styles.word}>{name}</span>
        <NativeSelect
          size="xs"
          aria-label={t('flows.slot.mode', { n: number })}
          value={mode}
          data={modes.map((one) => ({ value: one, label: t(`flows.mode.${one}`) }))}
          onChange={({ currentTarget }) => {
            const next = wordOf(modes, currentTarget.value);
            if (next !== undefined) onChange(stageOf(next, sources));
          }}
        />
        <span className={styles.stageActs}>
          {handles.count > 1 && <MoveHandles handles={handles} name={name} />}
          {onRemove !== undefined && (
            <ActionButton
              size="xs"
              tone="quiet"
              label={t('flows.remove')}
              fullLabel={t('flows.removeThis', { name })}
              onClick={onRemove}
            />
          )}
        </span>
      </div>
      {sources.length > 0 && (
        <ul className={styles.chips} aria-label={t('flows.reviewersOf', { n: number })}>
          {sources.map((source, at) => (
            <li key={keyOfReviewer(source)} className={styles.chip}>
              {words(source)}
              <CloseButton
                size="sm"
                aria-label={t('flows.removeThis', { name: words(source) })}
                onClick={() => onChange(stageOf(mode, without(sources, at)))}
              />
            </li>
          ))}
        </ul>
      )}
      <AddReviewer
        label={t('flows.addReviewer', { n: number })}
        exclude={new Set(sources.map(keyOfReviewer))}
        onAdd={(source) => onChange(stageOf(mode, [...sources, source]))}
      />
      <ProblemsAt place={path} how="deep" />
    </div>
  );
}

/** Who is asked, in order: a stage begins when the one before is approved. */
export function StagesEditor({ stages, path, onChange }: Props) {
  const t = useText();
  const order = useReorder(
    stages.length,
    (from, to) => onChange(moved(stages, from, to)),
    (at) => t('flows.stage', { n: at + 1 }),
  );
  return (
    <div className={styles.stages}>
      <ol className={styles.stageList}>
        {stages.map((stage, at) => (
          <li key={order.keys[at] ?? at} className={styles.stageRow} {...order.row(at)}>
            <OneStage
              stage={stage}
              number={at + 1}
              path={`${path}[${at}]`}
              handles={order.handles(at)}
              onChange={(next) => onChange(replaced(stages, at, next))}
              onRemove={
                stages.length === 1
                  ? undefined
                  : () => {
                      order.forget(at);
                      onChange(without(stages, at));
                    }
              }
            />
          </li>
        ))}
      </ol>
      <div>
        <ActionButton size="xs" label={t('flows.addStage')} onClick={() => onChange([...stages, { any: [] }])} />
      </div>
      <ProblemsAt place={path} />
    </div>
  );
}
