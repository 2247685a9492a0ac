import { NativeSelect, Radio } from '@mantine/core';
import {
  type DataObject,
  type DataObjectState,
  dataObjectState,
  listDataObjects,
  readDataObject,
  updateDataObject,
} from '@stoa/contract/data-object';
import { exposure as exposureWords } from '@stoa/contract/enums';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { membersOf, wordOf } from '../../lib/members.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ChangeDialog } from '../preview/ChangeDialog.tsx';
import { callOf } from '../preview/call-of.ts';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import styles from './Objects.module.css';

const exposures = ['inherit', ...exposureWords.options] as const;
const stateOf = (value: string): DataObjectState | undefined => dataObjectState.options.find((one) => one === value);

/** A refusal over a very large subtree says how many objects it reaches; the caller repeats the number. */
function countOf(problem: ApiProblem | null): number | undefined {
  if (problem?.code !== 'data_object.confirm_count') return undefined;
  const { count } = membersOf(problem.body);
  return typeof count === 'number' ? count : undefined;
}

type Choice = Pick<DataObject, 'state' | 'newChildState' | 'exposure'>;

/** What stands in the form: the object's own states until somebody chooses others, and again once those hold. */
function useChoice(object: DataObject): readonly [Choice, (part: Partial<Choice>) => void] {
  const [chosen, setChosen] = useState<Partial<Choice>>({});
  const { state, newChildState, exposure } = object;
  const choice = { state, newChildState, exposure, ...chosen };
  const isHeld = choice.state === state && choice.newChildState === newChildState && choice.exposure === exposure;
  if (isHeld && Object.keys(chosen).length > 0) setChosen({});
  return [choice, (part) => setChosen((before) => ({ ...before, ...part }))];
}

/** The state of an object and of what is below; a job carries it down. */
export function ObjectStateForm({ object }: { object: DataObject }) {
  const t = useText();
  const announce = useAnnounce();
  const [{ state, newChildState, exposure }, choose] = useChoice(object);
  const [isAsking, setIsAsking] = useState(false);
  const [taskId, setTaskId] = useState<string>();
  const update = useCommand(updateDataObject, {
    invalidates: [listDataObjects, readDataObject],
    onSuccess: (answer) => {
      setIsAsking(false);
      setTaskId(answer.taskId);
    },
  });
  const isLeaf = object.childCount === 0;
  const isChanged = state !== object.state || newChildState !== object.newChildState || exposure !== object.exposure;
  const manage = abilityOn(object.abilities, 'manage');
  const ability = manage.allowed && !isChanged ? { allowed: false, reason: t('objects.same') } : manage;
  const [count, setCount] = useState<number>();
  const isDisabling = state === 'disabled' && state !== object.state;
  const input = {
    params: { id: object.id },
    body: {
      ...(state === object.state ? {} : { state }),
      ...(newChildState === object.newChildState ? {} : { newChildState }),
      ...(exposure === object.exposure ? {} : { exposure }),
      ...(count === undefined ? {} : { confirmCount: count }),
    },
  };
  const hintOf = (one: DataObjectState) =>
    t(`objects.hint.${one}`, { state: t(`objects.state.${object.effectiveState}`) });
  return (
    <div className={styles.part}>
      <Radio.Group
        label={t(isLeaf ? 'objects.setLeaf' : 'objects.set')}
        value={state}
        onChange={(value) => choose({ state: stateOf(value) ?? state })}
      >
        <div className={styles.choices}>
          {dataObjectState.options.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`objects.state.${one}`)}
              {...(one === 'inherit' && object.state !== 'inherit' ? {} : { description: hintOf(one) })}
            />
          ))}
        </div>
      </Radio.Group>
      {!isLeaf && (
        <NativeSelect
          label={t('objects.newChild')}
          description={t('objects.newChildHint')}
          value={newChildState}
          data={dataObjectState.options.map((one) => ({ value: one, label: t(`objects.state.${one}`) }))}
          onChange={(event) => choose({ newChildState: stateOf(event.currentTarget.value) ?? newChildState })}
        />
      )}
      <NativeSelect
        label={t('objects.exposure')}
        {...(exposure === 'inherit' && object.exposure !== 'inherit'
          ? {}
          : {
              description: t(`objects.exposureHint.${exposure}`, {
                above: t(`objects.exposure.${object.effectiveExposure}`),
              }),
            })}
        value={exposure}
        data={exposures.map((one) => ({ value: one, label: t(`objects.exposure.${one}`) }))}
        onChange={(event) => choose({ exposure: wordOf(exposures, event.currentTarget.value) ?? exposure })}
      />
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t('objects.apply')}
          ability={ability}
          isBusy={update.isPending}
          onClick={() => setIsAsking(true)}
        />
      </div>
      {taskId !== undefined && (
        <TaskProgress
          taskId={taskId}
          label={t('objects.task')}
          onEnd={(status) => {
            // The tree says it from now on; a failure stays to be read.
            if (status === 'FAILED') return;
            announce(t('objects.taskDone', { name: object.name }));
            setTaskId(undefined);
          }}
        />
      )}
      <ChangeDialog
        isOpen={isAsking}
        title={t(isDisabling ? 'objects.confirmTitle' : 'objects.applyTitle', { name: object.name })}
        confirmLabel={
          count === undefined
            ? t(isDisabling ? 'objects.confirm' : 'objects.apply')
            : t('objects.confirmCount', { count })
        }
        tone={isDisabling ? 'danger' : 'primary'}
        change={callOf(updateDataObject, input)}
        isBusy={update.isPending}
        problem={update.error}
        onRefused={(problem) => setCount(countOf(problem))}
        onConfirm={(query) => update.mutate({ ...input, query })}
        onClose={() => {
          update.reset();
          setCount(undefined);
          setIsAsking(false);
        }}
      >
        {isDisabling && <p>{t('objects.confirmText')}</p>}
      </ChangeDialog>
    </div>
  );
}
