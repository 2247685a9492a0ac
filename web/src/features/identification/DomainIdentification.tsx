import { Checkbox, TextInput } from '@mantine/core';
import { getIdentifierSet, type IdentifierSet, setIdentifierSet } from '@stoa/contract/identifier';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './identification.module.css';
import { StartButton } from './StartButton.tsx';

type Said = { readonly isEnabled: boolean; readonly tags: string };
const tagsOf = (text: string): string[] | null => {
  const tags = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return tags.length === 0 ? null : tags;
};

function SetEditor({ set }: { set: IdentifierSet }) {
  const t = useText();
  const announce = useAnnounce();
  const [said, setSaid] = useState<ReadonlyMap<number, Said>>(
    () =>
      new Map(
        set.entries.map((one) => [one.identifierId, { isEnabled: one.isEnabled, tags: one.tags?.join(', ') ?? '' }]),
      ),
  );
  const save = useCommand(setIdentifierSet, {
    invalidates: [getIdentifierSet],
    onSuccess: () => announce(t('identification.saved')),
  });
  const manage = abilityOn(set.abilities, 'manage');
  const change = (id: number, part: Partial<Said>) =>
    setSaid((before) => new Map(before).set(id, { isEnabled: true, tags: '', ...before.get(id), ...part }));
  const entries = [...said].map(([identifierId, one]) => ({
    identifierId,
    isEnabled: one.isEnabled,
    tags: tagsOf(one.tags),
  }));
  return (
    <>
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      {set.entries.map((entry) => {
        const one = said.get(entry.identifierId);
        return (
          <div key={entry.identifierId} className={styles.set}>
            <Checkbox
              label={entry.name}
              aria-label={t('identification.set.on', { name: entry.name })}
              checked={one?.isEnabled !== false}
              disabled={!manage.allowed}
              onChange={(event) => change(entry.identifierId, { isEnabled: event.currentTarget.checked })}
            />
            <TextInput
              aria-label={t('identification.set.tags', { name: entry.name })}
              placeholder={t('identification.set.own', { tags: entry.ownTags.join(', ') })}
              value={one?.tags ?? ''}
              disabled={!manage.allowed || one?.isEnabled === false}
              onChange={(event) => change(entry.identifierId, { tags: event.currentTarget.value })}
            />
          </div>
        );
      })}
      <div className={styles.acts}>
        <ActionButton
          tone="primary"
          label={t('identification.save')}
          ability={manage}
          isBusy={save.isPending}
          onClick={() => save.mutate({ params: { id: set.domainId }, body: { entries } })}
        />
      </div>
    </>
  );
}

/** What is looked for in a domain, and runs over it. */
export function DomainIdentification({ domainId }: { domainId: string }) {
  const t = useText();
  const set = useOperation(getIdentifierSet, { params: { id: domainId } });
  return (
    <>
      <Section title={t('identification.domainRuns')} lead={t('identification.domainRunsLead')}>
        <div className={styles.acts}>
          <StartButton body={{ domainId }} />
          <LinkTo look="button" to="/govern/identification" search={{ domainId }}>
            {t('identification.allRuns')}
          </LinkTo>
        </div>
      </Section>
      <Section title={t('identification.set')} lead={t('identification.setLead')}>
        {set.error !== null && <ErrorNotice problem={set.error} onRetry={() => void set.refetch()} />}
        {set.isPending && <SkeletonText lines={8} />}
        {set.data !== undefined && <SetEditor set={set.data} />}
      </Section>
    </>
  );
}
