import {
  createIdentifier,
  deleteIdentifier,
  type Identifier,
  listIdentifiers,
  readIdentifier,
  updateIdentifier,
  validatorName,
} from '@stoa/contract/identifier';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { criteriaOf, draftOf, emptyDraft, type IdentifierDraft, linesOf } from './identifier-draft.ts';
import { IdentifierForm } from './IdentifierForm.tsx';
import { IdentifierTest } from './IdentifierTest.tsx';
import styles from './identification.module.css';

const validators = validatorName.options;
const commonOf = (draft: IdentifierDraft) => ({
  name: draft.name.trim(),
  description: draft.description,
  minHitRatio: draft.percent / 100,
  specificity: draft.specificity,
  tags: linesOf(draft.tags),
});

function NewIdentifier() {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(emptyDraft);
  const create = useCommand(createIdentifier, {
    invalidates: [listIdentifiers],
    onSuccess: ({ id, name }) => {
      announce(t('identification.made', { name }));
      void navigate({ to: '/govern/identifiers/$id', params: { id: String(id) }, search: {} });
    },
  });
  const criteria = criteriaOf(draft, validators);
  const domainId = draft.domainId === '' ? null : draft.domainId;
  return (
    <>
      <PageHeader title={t('identification.new')} section={t('identification.title')} />
      <div className={styles.two}>
        <IdentifierForm
          draft={draft}
          isNew
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          ability={{ allowed: true }}
          isBusy={create.isPending}
          problem={create.error}
          onSubmit={() => create.mutate({ body: { ...commonOf(draft), ...criteria, domainId } })}
        />
        <IdentifierTest criteria={criteria} readsName={draft.criteriaType === 'columnNameRegex'} usesName={false} />
      </div>
    </>
  );
}

function Delete({ identifier }: { identifier: Identifier }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useCommand(deleteIdentifier, {
    invalidates: [listIdentifiers],
    onSuccess: () => {
      announce(t('identification.deleted', { name: identifier.name }));
      void navigate({ to: '/govern/identification', search: { tab: 'identifiers' } });
    },
  });
  return (
    <>
      <ActionButton
        tone="danger"
        label={t('identification.delete')}
        ability={abilityOn(identifier.abilities, 'manage')}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('identification.deleteTitle', { name: identifier.name })}
        confirmLabel={t('identification.delete')}
        tone="danger"
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id: identifier.id } })}
        onClose={() => {
          remove.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('identification.deleteText')}</p>
      </ConfirmDialog>
    </>
  );
}

function OwnIdentifier({ identifier }: { identifier: Identifier }) {
  const t = useText();
  const [draft, setDraft] = useState(() => draftOf(identifier));
  const update = useCommand(updateIdentifier, { invalidates: [listIdentifiers, readIdentifier] });
  const { criteriaType: _kept, ...criteria } = criteriaOf(draft, validators);
  return (
    <div className={styles.two}>
      <div className={styles.stack}>
        <IdentifierForm
          draft={draft}
          isNew={false}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          ability={abilityOn(identifier.abilities, 'manage')}
          isBusy={update.isPending}
          problem={update.error}
          note={update.isSuccess && <span role="status">{t('identification.saved')}</span>}
          onSubmit={() => update.mutate({ params: { id: identifier.id }, body: { ...commonOf(draft), ...criteria } })}
        />
        <div className={styles.acts}>
          <Delete identifier={identifier} />
        </div>
      </div>
      <IdentifierTest
        criteria={criteriaOf(draft, validators)}
        readsName={draft.criteriaType === 'columnNameRegex'}
        usesName={false}
      />
    </div>
  );
}

function BuiltIn({ identifier }: { identifier: Identifier }) {
  const t = useText();
  const { hint } = identifier;
  const words = hint?.words.join(', ') ?? '';
  const help = hint?.isRequired === true ? 'identification.form.wordsRequired' : 'identification.form.wordsHelp';
  return (
    <div className={styles.two}>
      <Section title={t('identification.builtIn')} lead={t('identification.builtInLead')}>
        <FactList
          facts={[
            { label: t('identification.criteria'), value: t(`identification.criteria.${identifier.criteriaType}`) },
            { label: t('identification.form.pattern'), value: <code className="mono">{identifier.pattern}</code> },
            ...(identifier.validator === null
              ? []
              : [{ label: t('identification.form.validator'), value: identifier.validator }]),
            ...(hint === null ? [] : [{ label: t('identification.form.words'), value: t(help, { words }) }]),
            { label: t('identification.form.ratio'), value: identifier.minHitRatio * 100 },
            { label: t('identification.form.specificity'), value: identifier.specificity },
            { label: t('identification.column.puts'), value: identifier.tags.join(', ') },
          ]}
        />
      </Section>
      <IdentifierTest
        criteria={{ identifierId: identifier.id }}
        readsName={identifier.criteriaType === 'columnNameRegex'}
        usesName={hint !== null}
      />
    </div>
  );
}

function Known({ id }: { id: number }) {
  const t = useText();
  const identifier = useOperation(readIdentifier, { params: { id } });
  if (identifier.data === undefined || isGone(identifier.error)) {
    if (identifier.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('identification.identifiers')} />
        <ErrorNotice
          problem={identifier.error}
          wasShown={identifier.data !== undefined}
          onRetry={() => void identifier.refetch()}
        />
      </>
    );
  }
  const { data } = identifier;
  return (
    <>
      <PageHeader
        title={data.name}
        section={t('identification.identifiers')}
        {...(data.description === '' ? {} : { lead: data.description })}
        facts={
          data.domain !== null && (
            <span className="text-2">{t('identification.inDomain', { name: data.domain.name })}</span>
          )
        }
      />
      {data.isBuiltIn ? <BuiltIn identifier={data} /> : <OwnIdentifier key={data.id} identifier={data} />}
    </>
  );
}

/** One identifier: what it looks for, what it puts, and a place to try it. */
export function IdentifierPage() {
  const { id } = useParams({ from: '/shell/govern/identifiers/$id' });
  if (id === 'new') return <NewIdentifier />;
  return <Known id={Number(id)} />;
}
