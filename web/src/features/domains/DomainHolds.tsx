import { listDataSources } from '@stoa/contract/data-source';
import { type DomainDetail, listDomains, readDomain, updateDomain } from '@stoa/contract/domain';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { useChange } from '../preview/use-change.tsx';
import styles from './Domains.module.css';
import { type Holds, HoldsFields } from './HoldsFields.tsx';

const holdsOf = ({ mode, tag }: DomainDetail): Holds => ({
  isDynamic: mode === 'dynamic',
  tag: tag === null || tag.name === null ? null : { id: tag.id, name: tag.name },
});

/** Whether the domain is filled by hand or by a tag; what a change moves is shown before it is saved. */
export function DomainHolds({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const before = holdsOf(domain);
  const [draft, setDraft] = useState<Holds>();
  const [isTried, setIsTried] = useState(false);
  const holds = draft ?? before;
  const save = useChange(updateDomain, {
    invalidates: [readDomain, listDomains, listDataSources],
    onSuccess: () => {
      setDraft(undefined);
      setIsTried(false);
      announce(t('domains.saved'));
    },
  });
  const manage = abilityOn(domain.abilities, 'manage');
  if (!manage.allowed) return null;
  const tagId = holds.isDynamic ? (holds.tag?.id ?? null) : null;
  const isSame = holds.isDynamic === before.isDynamic && tagId === (before.isDynamic ? (before.tag?.id ?? null) : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (holds.isDynamic && holds.tag === null) return;
    save.ask(
      { params: { id: domain.id }, body: { tagId } },
      { title: t('domains.holdsTitle', { name: domain.name }), confirmLabel: t('domains.save') },
    );
  };
  return (
    <Section title={t('tags.domainSection')}>
      <form noValidate className={`${styles.form} form-column`} onSubmit={submit}>
        <HoldsFields
          domainId={domain.id}
          holds={holds}
          current={before.isDynamic ? before.tag?.id : undefined}
          isTried={isTried}
          onChange={setDraft}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            tone="primary"
            label={t('domains.save')}
            ability={isSame ? { allowed: false, reason: t('domains.noChanges') } : manage}
            isBusy={save.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
      {save.dialog}
    </Section>
  );
}
