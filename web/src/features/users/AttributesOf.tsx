import { type GroupDetail, listGroups, readGroup, updateGroup } from '@stoa/contract/group';
import { listUsers, readUser, updateUser, type UserDetail } from '@stoa/contract/user';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { AttributesSection, useAttributeDraft } from './AttributesSection.tsx';
import { useChangeOver } from './use-change-over.ts';

type OfPerson = {
  readonly user: UserDetail;
  readonly refetch: () => Promise<{ readonly data: UserDetail | undefined }>;
};
type OfGroup = {
  readonly group: GroupDetail;
  readonly refetch: () => Promise<{ readonly data: GroupDetail | undefined }>;
};

/** What is said of a person by those who look after people. */
export function AttributesOfPerson({ user, refetch }: OfPerson) {
  const t = useText();
  const announce = useAnnounce();
  const draft = useAttributeDraft(user.attributes);
  const update = useChangeOver(
    updateUser,
    { shown: user, refetch, part: (shown) => shown.attributes },
    {
      invalidates: [readUser, listUsers],
      onSuccess: () => {
        announce(t('people.saved'));
        draft.forget();
      },
    },
  );
  return (
    <>
      {update.dialog}
      <AttributesSection
        name={user.name}
        saved={user.attributes}
        draft={draft}
        rights={abilityOn(user.abilities, 'changeRights')}
        isBusy={update.isPending}
        hasMoved={update.hasMoved}
        onSave={(attributes, words) =>
          update.ask({ params: { globalUserId: user.globalUserId }, body: { attributes } }, words)
        }
      />
    </>
  );
}

/** What a group brings to its members. */
export function AttributesOfGroup({ group, refetch }: OfGroup) {
  const draft = useAttributeDraft(group.attributes);
  const update = useChangeOver(
    updateGroup,
    { shown: group, refetch, part: (shown) => shown.attributes },
    { invalidates: [readGroup, listGroups], onSuccess: draft.forget },
  );
  return (
    <>
      {update.dialog}
      <AttributesSection
        name={group.name}
        saved={group.attributes}
        draft={draft}
        rights={abilityOn(group.abilities, 'changeRights')}
        isBusy={update.isPending}
        hasMoved={update.hasMoved}
        onSave={(attributes, words) => update.ask({ params: { id: group.id }, body: { attributes } }, words)}
      />
    </>
  );
}
