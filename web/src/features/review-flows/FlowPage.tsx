import { getAssetById, getAssetRequestForms, getDataProductRequestForms, patchAsset } from '@stoa/contract/asset';
import { getDataProductById, updateDataProduct } from '@stoa/contract/data-product';
import { type RequestType, requestType } from '@stoa/contract/enums';
import { listReviewFlows } from '@stoa/contract/flow-in-force';
import type { Ability } from '@stoa/contract/person';
import {
  getRequestFormById,
  type RequestForm,
  searchRequestForms,
  updateRequestForm,
} from '@stoa/contract/request-form';
import type { FormFlow, TargetFlow } from '@stoa/contract/review-flow';
import { useParams, useSearch } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { wordOf } from '../../lib/members.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { startFlow, targetFlowOf } from './flow-draft.ts';
import { FlowScreen } from './FlowScreen.tsx';

function Waiting({ problem, retry }: { problem: ApiProblem | null; retry: () => void }) {
  const t = useText();
  if (problem === null) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('flows.page.unknown')} section={t('flows.list.title')} />
      <ErrorNotice problem={problem} onRetry={retry} />
    </>
  );
}

/** What may be changed of the flow alone: an ability may name the members that it is about. */
function onMember(ability: Ability, member: string): Ability {
  const { allowed, fieldsAllowed } = ability;
  return allowed && fieldsAllowed !== undefined && !fieldsAllowed.includes(member)
    ? { allowed: false, reason: ability.reason }
    : ability;
}

function FormFlowPage({ id }: { id: string }) {
  const t = useText();
  const form = useOperation(getRequestFormById, { params: { id } });
  const save = useCommand(updateRequestForm, {
    invalidates: [getRequestFormById, searchRequestForms, listReviewFlows, getDataProductRequestForms],
  });
  if (form.data === undefined) return <Waiting problem={form.error} retry={() => void form.refetch()} />;
  const { name, policy, fields, abilities } = form.data;
  return (
    <FlowScreen
      key={id}
      title={name}
      facts={t('flows.owner.form')}
      saved={policy}
      fields={fields}
      mode="form"
      scope={{ formId: id }}
      member="policy"
      ability={onMember(abilityOn(abilities, 'edit'), 'policy')}
      save={save}
      onSave={(flow: FormFlow) => {
        save.mutate({ params: { id }, body: { policy: flow } });
        return true;
      }}
    />
  );
}

const isDelegating = (form: RequestForm): boolean =>
  [...form.policy.rules.map((rule) => rule.event), form.policy.defaultEvent].some(
    (event) => event.type === 'dataProductPolicy',
  );
const members = {
  DATA_ACCESS: 'dataAccessReviewFlow',
  MASKING_EXCEPTION: 'maskingExceptionReviewFlow',
} as const;
const bodyOf = (type: RequestType, flow: TargetFlow) =>
  type === 'DATA_ACCESS' ? { dataAccessReviewFlow: flow } : { maskingExceptionReviewFlow: flow };

function ProductFlowPage({ id, type }: { id: string; type: RequestType }) {
  const t = useText();
  const product = useOperation(getDataProductById, { params: { id } });
  const forms = useOperation(getDataProductRequestForms, { params: { id } });
  const save = useCommand(updateDataProduct, { invalidates: [getDataProductById, listReviewFlows] });
  const form = forms.data?.find((one) => one.requestType === type);
  if (product.data === undefined || form === undefined)
    return <Waiting problem={product.error ?? forms.error} retry={() => void product.refetch()} />;
  const { data } = product;
  const own = type === 'DATA_ACCESS' ? data.dataAccessPolicy : data.maskingExceptionPolicy;
  return (
    <FlowScreen
      key={`${id} ${type}`}
      title={data.name}
      facts={
        <>
          <span>{t(`flows.kindOf.${type}`)}</span>
          <LinkTo to="/manage/products/$id" params={{ id }} search={{}}>
            {t('flows.page.product')}
          </LinkTo>
        </>
      }
      saved={own ?? startFlow()}
      isDefault={own === undefined}
      inactiveBy={isDelegating(form) ? undefined : form.name}
      fields={form.fields}
      mode="target"
      scope={{ target: { type: 'DATA_PRODUCT', id: data.id }, requestType: type }}
      member={members[type]}
      ability={onMember(abilityOn(data.abilities, 'alter'), members[type])}
      save={save}
      onSave={(flow) => {
        const whole = targetFlowOf(flow);
        if (whole !== undefined) save.mutate({ params: { id: data.id }, body: bodyOf(type, whole) });
        return whole !== undefined;
      }}
    />
  );
}

function AssetFlowPage({ id, type }: { id: string; type: RequestType }) {
  const t = useText();
  const asset = useOperation(getAssetById, { params: { id } });
  const forms = useOperation(getAssetRequestForms, { params: { id } });
  const save = useCommand(patchAsset, { invalidates: [getAssetById, listReviewFlows] });
  const form = type === 'DATA_ACCESS' ? forms.data?.dataAccessForm : forms.data?.maskingExceptionForm;
  if (asset.data === undefined || form === undefined)
    return <Waiting problem={asset.error ?? forms.error} retry={() => void asset.refetch()} />;
  const { data } = asset;
  const overrides = data.type === 'DATA_OBJECT' ? data.overrides : undefined;
  const own =
    (type === 'DATA_ACCESS' ? overrides?.dataAccessReviewFlow : overrides?.maskingExceptionReviewFlow) ?? undefined;
  return (
    <FlowScreen
      key={`${id} ${type}`}
      title={data.name}
      facts={
        <>
          <span>{t(`flows.kindOf.${type}`)}</span>
          <LinkTo to="/assets/$id" params={{ id }} search={{ tab: 'settings' }}>
            {t('flows.page.asset')}
          </LinkTo>
        </>
      }
      saved={own ?? startFlow()}
      isDefault={own === undefined}
      inactiveBy={isDelegating(form) ? undefined : form.name}
      fields={form.fields}
      mode="target"
      scope={{ target: { type: 'DATA_OBJECT', id: data.id }, requestType: type }}
      member={members[type]}
      ability={data.type === 'DATA_OBJECT' ? abilityOn(data.abilities, 'edit') : { allowed: false }}
      save={save}
      onSave={(flow) => {
        const whole = targetFlowOf(flow);
        if (whole !== undefined)
          save.mutate({ params: { id: data.id }, body: { type: 'DATA_OBJECT', ...bodyOf(type, whole) } });
        return whole !== undefined;
      }}
    />
  );
}

/** One flow: read, tried, changed where it stands. */
export function FlowPage() {
  const { owner, id } = useParams({ from: '/shell/manage/flows/$owner/$id' });
  const search = useSearch({ from: '/shell/manage/flows/$owner/$id' });
  const type = wordOf(requestType.options, search.type) ?? 'DATA_ACCESS';
  if (owner === 'form') return <FormFlowPage id={id} />;
  if (owner === 'asset') return <AssetFlowPage id={id} type={type} />;
  return <ProductFlowPage id={id} type={type} />;
}
