import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { getAvailableDomains } from '@stoa/contract/metadata';
import { searchRequestForms } from '@stoa/contract/request-form';
import type { Reviewer } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Chips } from '../../ui/Chips.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { useReviewerText } from '../access-requests/reviewer-text.ts';
import { FindPerson, keyOfPrincipal, type Principal } from '../users/FindPerson.tsx';
import styles from './ManageProduct.module.css';
import { isNameGood, type ProductDraft } from './product-draft.ts';

export type PartProps = {
  readonly draft: ProductDraft;
  readonly change: (part: Partial<ProductDraft>) => void;
  /** May the caller change this member of the product? */
  readonly mayChange: (field: string) => boolean;
};

export const useDomains = () => useOperation(getAvailableDomains, {});

/** The domains in which the caller may publish. */
export function DomainsPart({ draft, change, mayChange }: PartProps) {
  const t = useText();
  const domains = useDomains();
  const list = domains.data?.domains ?? [];
  const toggle = (id: string, isOn: boolean) =>
    change({ domains: isOn ? [...draft.domains, id] : draft.domains.filter((one) => one !== id) });
  const isFixed = !mayChange('domains');
  return (
    <Section
      id="product-domains"
      title={t('manage.domains')}
      lead={t(isFixed ? 'manage.domainsFixed' : 'manage.domainsLead')}
    >
      {domains.error !== null && <ErrorNotice problem={domains.error} onRetry={() => void domains.refetch()} />}
      {domains.isPending && <SkeletonText lines={2} />}
      {domains.data !== undefined && list.length === 0 && (
        <EmptyState kind="denied" title={t('manage.deniedTitle')} text={t('manage.deniedText')} />
      )}
      <div className={styles.choices}>
        {list.map((domain) => (
          <Checkbox
            key={domain.id}
            className={styles.choice ?? ''}
            label={domain.name}
            description={domain.description}
            disabled={isFixed}
            checked={draft.domains.includes(domain.id)}
            onChange={(event) => toggle(domain.id, event.currentTarget.checked)}
          />
        ))}
      </div>
    </Section>
  );
}

/** Name, description and who answers questions. */
export function DetailsPart({ draft, change, mayChange, isTried }: PartProps & { isTried: boolean }) {
  const t = useText();
  return (
    <Section title={t('manage.details')}>
      <div className={styles.fields}>
        <TextInput
          id="product-name"
          required
          label={t('manage.name')}
          description={t('manage.nameHint')}
          value={draft.name}
          maxLength={255}
          readOnly={!mayChange('name')}
          error={isTried && !isNameGood(draft.name) ? t('manage.nameBad') : undefined}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Textarea
          id="product-description"
          label={t('manage.description')}
          description={t('manage.descriptionHint')}
          value={draft.description}
          maxLength={10_000}
          autosize
          minRows={4}
          maxRows={16}
          readOnly={!mayChange('description')}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <div id="product-expert">
          <p className={styles.line}>{t('manage.expertNow', { name: draft.expert.name })}</p>
          {mayChange('metadata') && (
            <FindPerson
              label={t('manage.expertChange')}
              kinds="users"
              onFind={(one) => one.type === 'user' && change({ expert: { id: one.id, name: one.name } })}
            />
          )}
        </div>
      </div>
    </Section>
  );
}

const reviewerOf = (one: Principal): Reviewer =>
  one.type === 'user'
    ? { type: 'USER', id: one.id, displayName: one.name }
    : { type: 'GROUP', id: one.id, name: one.name };
const keyOfReviewer = (one: Reviewer): string =>
  one.type === 'USER' ? `user:${one.id}` : one.type === 'GROUP' ? `group:${one.id ?? one.name}` : one.type;

function Stewards({ draft, change, mayChange }: PartProps) {
  const t = useText();
  const words = useReviewerText();
  const stewards = draft.stewards ?? [];
  const isOpen = mayChange('dataAccessReviewFlow');
  if (draft.stewards === undefined) return <p className="text-2">{t('manage.flowKept')}</p>;
  const keys = new Set(stewards.map(keyOfReviewer));
  const remove = (key: string) => change({ stewards: stewards.filter((one) => keyOfReviewer(one) !== key) });
  return (
    <>
      {stewards.length === 0 ? (
        <p className="text-2">{t('manage.stewardsNone')}</p>
      ) : (
        <Chips
          label={t('manage.stewards')}
          items={stewards.map((one) => ({ key: keyOfReviewer(one), text: words(one) }))}
          onRemove={isOpen ? remove : undefined}
        />
      )}
      {isOpen && (
        <FindPerson
          label={t('manage.stewardAdd')}
          kinds="users-and-groups"
          exclude={keys}
          onFind={(one) => change({ stewards: [...stewards, reviewerOf(one)] })}
        />
      )}
    </>
  );
}

/** What people are asked, and who decides. */
export function ReviewPart(props: PartProps) {
  const { draft, change, mayChange } = props;
  const t = useText();
  const forms = useOperation(searchRequestForms, { query: { limit: 100 } });
  const options = (forms.data?.data ?? []).map((form) => ({ value: form.id, label: form.name }));
  const standard = forms.data?.data.find((form) => form.standard === true)?.id;
  return (
    <Section title={t('manage.review')} lead={t('manage.reviewLead')}>
      <div className={styles.fields}>
        {forms.error !== null && <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />}
        <NativeSelect
          id="product-form"
          label={t('manage.form')}
          description={t('manage.formHint')}
          data={options}
          disabled={!mayChange('dataAccessRequestFormId')}
          value={draft.formId === '' ? (standard ?? '') : draft.formId}
          onChange={(event) => change({ formId: event.currentTarget.value })}
        />
        <div id="product-stewards" className={styles.fields}>
          <div>
            <h3>{t('manage.stewards')}</h3>
            <p className="text-2 small">{t('manage.stewardsHint')}</p>
          </div>
          <Stewards {...props} />
        </div>
      </div>
    </Section>
  );
}

/** Who may change the form and the stewards. */
export function OwnersPart({ draft, change, mayChange }: PartProps) {
  const t = useText();
  const isOpen = mayChange('owners');
  const keys = new Set(draft.owners.map((one) => keyOfPrincipal({ type: 'user', ...one })));
  return (
    <Section title={t('manage.owners')} lead={t('manage.ownersLead')}>
      <div className={styles.fields}>
        <Chips
          label={t('manage.owners')}
          items={draft.owners.map((one) => ({ key: one.id, text: one.name }))}
          onRemove={
            isOpen && draft.owners.length > 1
              ? (id) => change({ owners: draft.owners.filter((one) => one.id !== id) })
              : undefined
          }
        />
        {isOpen && (
          <FindPerson
            label={t('manage.ownerAdd')}
            kinds="users"
            exclude={keys}
            onFind={(one) =>
              one.type === 'user' && change({ owners: [...draft.owners, { id: one.id, name: one.name }] })
            }
          />
        )}
      </div>
    </Section>
  );
}
