import { Checkbox, Textarea, TextInput } from '@mantine/core';
import { getAvailableDomains } from '@stoa/contract/metadata';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Chips } from '../../ui/Chips.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { FindPerson, keyOfPrincipal } from '../users/FindPerson.tsx';
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

const ProductReview = lazy(() => import('./ProductReview.tsx').then((part) => ({ default: part.ProductReview })));

/** What people are asked, and who decides. Its code comes after the rest of the page: it holds the editor of flows. */
export function ReviewPart(props: PartProps & { productId: string | undefined }) {
  const t = useText();
  return (
    <Section title={t('manage.review')} lead={t('manage.reviewLead')}>
      <Suspense fallback={<SkeletonText lines={4} />}>
        <ProductReview {...props} />
      </Suspense>
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
