import { useText } from '../../app/messages/use-text.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import type { ListState } from '../../ui/list-search.ts';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import styles from './Objects.module.css';
import { ObjectTree } from './ObjectTree.tsx';
import { useObjectTree } from './use-object-tree.ts';

/** What all connections hold, to be opened branch by branch. */
export function ConnectionTrees({ list, onOpen }: { list: ListState; onOpen: (id: string) => void }) {
  const t = useText();
  const tree = useObjectTree(list.text('connectionKey'));
  const { connections } = tree;
  if (connections.error !== null) {
    return <ErrorNotice problem={connections.error} onRetry={() => void connections.refetch()} />;
  }
  if (connections.data === undefined) return <SkeletonRows />;
  if (connections.data.length === 0) {
    return (
      <EmptyState
        title={t('objects.emptyTitle')}
        text={t('objects.emptyText')}
        action={
          <LinkTo look="primary" to="/admin/connections/new" search={{}}>
            {t('objects.connect')}
          </LinkTo>
        }
      />
    );
  }
  return (
    <div>
      <ObjectTree tree={tree} selected={list.text('row')} onOpen={onOpen} />
      <p className={styles.hint}>{t('objects.keys')}</p>
    </div>
  );
}
