import { readDataSource, listDataSources } from '@stoa/contract/data-source';
import { listDomains, readDomain } from '@stoa/contract/domain';
import { searchAppliedTags } from '@stoa/contract/metadata';
import {
  changeTags,
  listTagApplications,
  listTags,
  readTag,
  type TagApplication,
  type TagTargets,
} from '@stoa/contract/tag';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useChange } from '../preview/use-change.tsx';

/** Everything that may show another tag, or another number of them, after a change. */
export const shownWithTags = [
  listTagApplications,
  listTags,
  readTag,
  readDataSource,
  listDataSources,
  searchAppliedTags,
  listDomains,
  readDomain,
];

const most = 1_000;

/** The tags on an object, on its columns and on what is above it, those taken off by hand included. */
export const useTagsOn = (dataObjectId: string, isOn = true) =>
  useOperation(listTagApplications, { query: { dataObjectId, withDisabled: true, limit: most } }, { enabled: isOn });

/** Those of the object itself and of what is above it. */
export const ofObject = (all: readonly TagApplication[]): readonly TagApplication[] =>
  all.filter((one) => one.columnName === null);
export const ofColumn = (all: readonly TagApplication[], column: string): readonly TagApplication[] =>
  all.filter((one) => one.columnName === column);

/** Puts one tag on a thing, or takes it off: what follows is shown first. */
export function useTagChange(targets: TagTargets, name: string) {
  const t = useText();
  const announce = useAnnounce();
  const change = useChange(changeTags, {
    invalidates: shownWithTags,
    onSuccess: (done) => {
      const [first] = done.changes;
      if (first !== undefined)
        announce(t(first.change === 'added' ? 'tags.added' : 'tags.removed', { tag: first.tag.name, name }));
    },
  });
  const run = (what: 'add' | 'remove', tag: { id: number; name: string }) =>
    change.ask(
      { body: { [what]: [tag.id], targets } },
      {
        title: t(what === 'add' ? 'tags.addTitle' : 'tags.removeTitle', { tag: tag.name, name }),
        confirmLabel: t(what === 'add' ? 'tags.addConfirm' : 'tags.removeConfirm'),
      },
    );
  return { change, run };
}
