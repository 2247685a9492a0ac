import {
  type DataObject,
  listDataObjects,
  readDataObject,
  releaseDataObject,
  syncDataObject,
} from '@stoa/contract/data-object';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { AttentionBlock } from '../../ui/Attention.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import styles from './Objects.module.css';

/** Confirms that what came back under the object's name holds the same data. */
function Release({ object, hold }: { object: DataObject; hold: string }) {
  const t = useText();
  const announce = useAnnounce();
  const release = useCommand(releaseDataObject, {
    invalidates: [readDataObject, listDataObjects],
    onSuccess: () => announce(t('objects.released', { name: object.name })),
  });
  return (
    <AttentionBlock>
      <p>
        {t('objects.heldTitle')} {hold}
      </p>
      <p className="text-2">{t('objects.heldText')}</p>
      {release.error !== null && <ErrorNotice problem={release.error} isWrite />}
      <ActionButton
        label={t('objects.release')}
        ability={abilityOn(object.abilities, 'release')}
        isBusy={release.isPending}
        onClick={() => release.mutate({ params: { id: object.id } })}
      />
    </AttentionBlock>
  );
}

/** What can be done with an object beside setting its state. */
export function ObjectActs({ object }: { object: DataObject }) {
  const t = useText();
  const announce = useAnnounce();
  const [taskId, setTaskId] = useState<string>();
  const sync = useCommand(syncDataObject, { onSuccess: (answer) => setTaskId(answer.taskId) });
  return (
    <>
      {object.hold !== null && <Release object={object} hold={object.hold} />}
      {sync.error !== null && <ErrorNotice problem={sync.error} isWrite />}
      <div className={styles.buttons}>
        <ActionButton
          label={t('objects.sync')}
          ability={abilityOn(object.abilities, 'manage')}
          isBusy={sync.isPending}
          onClick={() => sync.mutate({ params: { id: object.id } })}
        />
      </div>
      {taskId !== undefined && (
        <TaskProgress
          taskId={taskId}
          label={t('objects.syncTask')}
          onEnd={(status) => {
            if (status === 'FAILED') return;
            announce(t('objects.synced', { name: object.name }));
            setTaskId(undefined);
          }}
        />
      )}
    </>
  );
}
