import { Checkbox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { RequestType } from '@stoa/contract/enums';
import { getRequestFormById, type RequestForm, searchRequestForms } from '@stoa/contract/request-form';
import type { Reviewer } from '@stoa/contract/review-flow';
import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Chips } from '../../ui/Chips.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useReviewerText } from '../access-requests/reviewer-text.ts';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import { startFlow, targetFlowOf } from '../review-flows/flow-draft.ts';
import { FindPerson, type Principal } from '../users/FindPerson.tsx';
import styles from './ManageProduct.module.css';
import { type Asking, delegates, flowOfStewards, type ProductDraft, stewardsOf } from './product-draft.ts';
import type { PartProps } from './product-parts.tsx';

/** The form that asks wherever no other one is chosen; it is part of Stoa. */
const standardFormId = '00000000-0000-4000-8000-000000000001';
const mostFound = 20;

type Props = {
  readonly type: RequestType;
  readonly asking: Asking;
  readonly change: (asking: Asking) => void;
  readonly mayChange: (member: 'form' | 'flow') => boolean;
  /** Of a product that is there: the simulation looks at it. */
  readonly productId: string | undefined;
  readonly domains: readonly string[];
};

const reviewerOf = (one: Principal): Reviewer =>
  one.type === 'user'
    ? { type: 'USER', id: one.id, displayName: one.name }
    : { type: 'GROUP', id: one.id, name: one.name };
const keyOfReviewer = (one: Reviewer): string =>
  one.type === 'USER' ? `user:${one.id}` : one.type === 'GROUP' ? `group:${one.id ?? one.name}` : one.type;

function ChooseForm({ type, asking, change, mayChange, form }: Props & { form: RequestForm | undefined }) {
  const t = useText();
  const may = useMay();
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, 200);
  const found = useOperation(
    searchRequestForms,
    { query: { nameFilter: text, limit: mostFound } },
    { keepPrevious: true },
  );
  const listed = (found.data?.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  // What is chosen stands there until somebody types; afterwards what was found and nothing else, so that Enter takes it.
  const isListed = form === undefined || typed !== '' || listed.some((one) => one.value === form.id);
  const options = isListed ? listed : [{ value: form.id, label: form.name }, ...listed];
  const label = t(`manage.form.${type}`);
  return (
    <div>
      {mayChange('form') ? (
        <SearchSelect
          {...(type === 'DATA_ACCESS' ? { id: 'product-form' } : {})}
          label={label}
          description={t('manage.formHint')}
          options={options}
          value={form?.id ?? null}
          onSearch={setTyped}
          isSearching={text !== typed || found.isPlaceholderData || found.isPending}
          problem={found.error}
          nothingFound={t('manage.formNothing')}
          onChoose={(option) => change({ ...asking, formId: option.value })}
        />
      ) : (
        <p>
          <strong>{label}:</strong> {form?.name}
        </p>
      )}
      <p className={styles.formLinks}>
        {form !== undefined && (
          <LinkTo to="/manage/forms/$id" params={{ id: form.id }} search={{}} target="_blank">
            {t('manage.formLook', { name: form.name })}
          </LinkTo>
        )}
        {mayChange('form') && may('request-form.create') && (
          <LinkTo to="/manage/forms/$id" params={{ id: 'new' }} search={{}} target="_blank">
            {t('manage.formNew')}
          </LinkTo>
        )}
      </p>
    </div>
  );
}

/** Some people and groups, any of whom decides: what most products need. */
function Stewards({ type, stewards, asking, change, mayChange }: Props & { stewards: readonly Reviewer[] }) {
  const t = useText();
  const words = useReviewerText();
  const isOpen = mayChange('flow');
  const set = (next: readonly Reviewer[]) => change({ ...asking, flow: flowOfStewards(next) });
  return (
    <>
      {stewards.length === 0 ? (
        <p className="text-2">{t('manage.stewardsNone')}</p>
      ) : (
        <Chips
          label={t(`manage.stewards.${type}`)}
          items={stewards.map((one) => ({ key: keyOfReviewer(one), text: words(one) }))}
          onRemove={isOpen ? (key) => set(stewards.filter((one) => keyOfReviewer(one) !== key)) : undefined}
        />
      )}
      {isOpen && (
        <FindPerson
          label={t(type === 'DATA_ACCESS' ? 'manage.stewardAdd' : 'manage.stewardAddMasks')}
          kinds="users-and-groups"
          exclude={new Set(stewards.map(keyOfReviewer))}
          onFind={(one) => set([...stewards, reviewerOf(one)])}
        />
      )}
    </>
  );
}

/** The product says who decides: by names, or by rules and stages. */
function OwnFlow(props: Props & { form: RequestForm }) {
  const { type, asking, change, mayChange, form, productId, domains } = props;
  const t = useText();
  const [isWritten, setIsWritten] = useState(false);
  const stewards = stewardsOf(asking.flow);
  const isOpen = mayChange('flow');
  if (stewards !== undefined && !isWritten)
    return (
      <>
        <Stewards {...props} stewards={stewards} />
        {isOpen && (
          <div>
            <ActionButton size="xs" label={t(`manage.writeFlow.${type}`)} onClick={() => setIsWritten(true)} />
          </div>
        )}
      </>
    );
  return (
    <>
      <FlowEditor
        mode="target"
        value={asking.flow ?? startFlow()}
        fields={form.fields}
        readOnly={!isOpen}
        simulate={{
          requestType: type,
          formId: form.id,
          ...(productId === undefined
            ? { domainIds: domains }
            : { target: { type: 'DATA_PRODUCT' as const, id: productId } }),
        }}
        onChange={(flow) => change({ ...asking, flow: targetFlowOf(flow) ?? asking.flow })}
      />
      {isOpen && (
        <div>
          <ActionButton
            size="xs"
            tone="quiet"
            label={t(`manage.plainStewards.${type}`)}
            onClick={() => {
              setIsWritten(false);
              if (stewards === undefined) change({ ...asking, flow: null });
            }}
          />
        </div>
      )}
    </>
  );
}

/** The form says who decides. What the product said is kept, shown as inactive, and asked again should the form leave it. */
function FormsFlow({ asking, form }: { asking: Asking; form: RequestForm }) {
  const t = useText();
  return (
    <>
      <p className="text-2 small">{t('manage.formDecides')}</p>
      <FlowEditor mode="form" readOnly value={form.policy} fields={form.fields} onChange={() => undefined} />
      {asking.flow !== null && (
        <div className={styles.inactive}>
          <p>
            <strong>{t('manage.inactive')}</strong> {t('manage.inactiveText')}
          </p>
          <FlowEditor mode="target" readOnly value={asking.flow} fields={form.fields} onChange={() => undefined} />
        </div>
      )}
    </>
  );
}

function AskingPart(props: Props) {
  const { type, asking } = props;
  const t = useText();
  const id = asking.formId === '' ? standardFormId : asking.formId;
  const form = useOperation(getRequestFormById, { params: { id } }, { keepPrevious: true });
  return (
    <div className={styles.fields}>
      {form.error !== null && <ErrorNotice problem={form.error} onRetry={() => void form.refetch()} />}
      <ChooseForm {...props} form={form.data} />
      <div {...(type === 'DATA_ACCESS' ? { id: 'product-stewards' } : {})} className={styles.fields}>
        <div>
          <h3>{t(`manage.stewards.${type}`)}</h3>
          {form.data !== undefined && delegates(form.data.policy) && (
            <p className="text-2 small">{t('manage.stewardsHint')}</p>
          )}
        </div>
        {form.data !== undefined &&
          (delegates(form.data.policy) ? (
            <OwnFlow {...props} form={form.data} />
          ) : (
            <FormsFlow asking={asking} form={form.data} />
          ))}
      </div>
    </div>
  );
}

const members = {
  DATA_ACCESS: { form: 'dataAccessRequestFormId', flow: 'dataAccessReviewFlow' },
  MASKING_EXCEPTION: { form: 'maskingExceptionRequestFormId', flow: 'maskingExceptionReviewFlow' },
} as const;

/** What people are asked and who decides, for data access and for masking exceptions. */
export function ProductReview({ draft, change, mayChange, productId }: PartProps & { productId: string | undefined }) {
  const t = useText();
  const part = (type: RequestType) => (
    <AskingPart
      type={type}
      asking={draft.asking[type]}
      change={(asking) => change({ asking: { ...draft.asking, [type]: asking } satisfies ProductDraft['asking'] })}
      mayChange={(member) => mayChange(members[type][member])}
      productId={productId}
      domains={draft.domains}
    />
  );
  return (
    <div className={styles.asking}>
      {part('DATA_ACCESS')}
      <Checkbox
        label={t('manage.masksAlike')}
        description={t('manage.masksAlikeHint')}
        checked={draft.masksAlike}
        disabled={!mayChange(members.MASKING_EXCEPTION.form)}
        onChange={(event) =>
          change({
            masksAlike: event.currentTarget.checked,
            // What was alike until now is where the other one starts.
            ...(event.currentTarget.checked
              ? {}
              : { asking: { ...draft.asking, MASKING_EXCEPTION: draft.asking.DATA_ACCESS } }),
          })
        }
      />
      {!draft.masksAlike && part('MASKING_EXCEPTION')}
    </div>
  );
}
