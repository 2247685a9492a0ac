import { type PolicyType, policyType } from '@stoa/contract/policy';
import { readDataSource } from '@stoa/contract/data-source';
import {
  deletePolicy,
  type Policy,
  type PolicyDraft,
  readPolicy,
  searchPolicies,
} from '@stoa/contract/policy-resource';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { GoneBanner } from '../../ui/GoneBanner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonPage, SkeletonRows } from '../../ui/Skeletons.tsx';
import { SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { PolicyBuilder } from './PolicyBuilder.tsx';
import styles from './policies.module.css';
import { PolicyKindMark, PolicyStateMark } from './PolicyMarks.tsx';
import { PolicyVersions } from './PolicyVersions.tsx';
import { fieldIdOf, problemsOf } from './placed-problems.ts';
import { draftOf, draftOnSource, emptyDraft } from './policy-draft.ts';
import { lacksOf } from './policy-lacks.ts';
import { PreviewPanel } from './PreviewPanel.tsx';
import { type PolicyEditor, usePolicyEditor } from './use-policy-editor.ts';
import { type Preview, usePreview } from './use-preview.ts';

const PolicySources = lazy(() => import('./PolicySources.tsx').then((part) => ({ default: part.PolicySources })));

function Facts({ policy }: { policy: Policy }) {
  const t = useText();
  return (
    <>
      <PolicyKindMark kind={policy.kind} />
      <PolicyStateMark state={policy.state} />
      <span>{t('policies.version', { version: policy.version })}</span>
      {policy.updatedBy !== null && (
        <span className="text-2">
          <Say id="policies.by" values={{ when: <TimeStamp value={policy.updatedAt} />, who: policy.updatedBy.name }} />
        </span>
      )}
      <Identifier value={policy.policyKey} maxLength={36} />
    </>
  );
}

function Delete({ policy, editor }: { policy: Policy; editor: PolicyEditor }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useCommand(deletePolicy, {
    invalidates: [searchPolicies],
    onSuccess: () => {
      editor.isLeaving.current = true;
      announce(t('policies.deleted', { name: policy.name }));
      void navigate({ to: '/govern/policies', search: {} });
    },
  });
  return (
    <>
      <ActionButton
        label={t('policies.delete')}
        ability={abilityOn(policy.abilities, 'delete')}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('policies.deleteTitle', { name: policy.name })}
        confirmLabel={t('policies.delete')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id: policy.id } })}
        onClose={() => {
          remove.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('policies.deleteText')}</p>
      </ConfirmDialog>
    </>
  );
}

type Act = 'create' | 'save' | 'setState';
type Acting = { readonly policy: Policy | undefined; readonly editor: PolicyEditor; readonly preview: Preview };

/** Saves at once, or asks first where more people lose access than may in silence. */
function useSaving({ policy, editor, preview }: Acting) {
  const [waiting, setWaiting] = useState<Act>();
  const { simulation } = preview;
  const losing = simulation?.losing.count ?? 0;
  const send = (act: Act) => {
    const confirmed = simulation === undefined ? {} : { basedOn: simulation.basedOn, confirmLoss: losing };
    const done = { onSuccess: () => setWaiting(undefined) };
    const { draft } = editor;
    if (act === 'create') editor.create.mutate({ body: { policy: draft, state: 'active', ...confirmed } }, done);
    if (policy === undefined) return;
    const params = { id: policy.id };
    const isActive = policy.state === 'active';
    if (act === 'save')
      editor.update.mutate(
        {
          params,
          ...(editor.reCertify === true ? { query: { reCertify: true } } : {}),
          body: { policy: draft, version: editor.version, ...(isActive ? confirmed : {}) },
        },
        done,
      );
    if (act === 'setState')
      editor.setState.mutate(
        { params, body: { state: isActive ? 'disabled' : 'active', version: policy.version, ...confirmed } },
        done,
      );
  };
  const hasEffect = (act: Act): boolean => act !== 'save' || policy?.state === 'active';
  return {
    losing,
    waiting,
    run: (act: Act) => (simulation?.confirmLoss === true && hasEffect(act) ? setWaiting(act) : send(act)),
    confirm: () => waiting !== undefined && send(waiting),
    cancel: () => setWaiting(undefined),
  };
}

/** What can be done with what stands on the page: save it, put it in force, take it out. */
function Buttons({ policy, editor, preview, ifWhole }: Acting & { readonly ifWhole: (act: () => void) => void }) {
  const t = useText();
  const saving = useSaving({ policy, editor, preview });
  const { draft, isBusy, isChanged, hasMoved } = editor;
  // Nobody puts in force what is still being counted.
  const counted = (ability: { allowed: boolean; reason?: string | undefined }) =>
    ability.allowed && preview.isCounting ? { allowed: false, reason: t('policies.preview.wait') } : ability;
  const isActive = policy?.state === 'active';
  const save = !isChanged
    ? { allowed: false, reason: t('policies.same') }
    : hasMoved
      ? { allowed: false, reason: t('policies.movedReason') }
      : { allowed: true };
  return (
    <div className={styles.buttons}>
      {policy === undefined ? (
        <>
          <ActionButton
            tone="primary"
            label={t('policies.save.active')}
            ability={counted({ allowed: true })}
            isBusy={isBusy}
            onClick={() => ifWhole(() => saving.run('create'))}
          />
          <ActionButton
            label={t('policies.save.staged')}
            isBusy={isBusy}
            onClick={() => ifWhole(() => editor.create.mutate({ body: { policy: draft } }))}
          />
        </>
      ) : (
        <>
          <ActionButton
            tone={isChanged ? 'primary' : 'default'}
            label={t(isActive ? 'policies.save.inForce' : 'policies.save.version')}
            ability={isActive ? counted(save) : save}
            isBusy={isBusy}
            onClick={() => ifWhole(() => saving.run('save'))}
          />
          {isChanged ? (
            <ActionButton tone="quiet" label={t('policies.discard')} onClick={editor.discard} />
          ) : (
            <ActionButton
              tone={isActive ? 'default' : 'primary'}
              label={t(isActive ? 'policies.disable' : 'policies.activate')}
              ability={counted(abilityOn(policy.abilities, 'setState'))}
              isBusy={isBusy}
              onClick={() => saving.run('setState')}
            />
          )}
          <Delete policy={policy} editor={editor} />
        </>
      )}
      <ConfirmDialog
        isOpen={saving.waiting !== undefined}
        title={t('policies.loss.title', { count: saving.losing })}
        confirmLabel={t('policies.loss.confirm')}
        mustType={String(saving.losing)}
        isBusy={isBusy}
        problem={editor.problem}
        onConfirm={saving.confirm}
        onClose={saving.cancel}
      >
        <p>{t('policies.loss.text')}</p>
      </ConfirmDialog>
    </div>
  );
}

/** What is missing, once somebody wanted to save it. */
function useLacks(draft: PolicyDraft) {
  const t = useText();
  const [attempt, setAttempt] = useState(0);
  const lacks = lacksOf(draft);
  return {
    attempt,
    problems: attempt === 0 ? [] : lacks.map(({ path, kind }) => ({ path, message: t(`policies.lack.${kind}`) })),
    ifWhole: (act: () => void) => {
      setAttempt((times) => times + 1);
      if (lacks.length === 0) act();
    },
  };
}

type Edited = { readonly policy: Policy | undefined; readonly first: PolicyDraft; readonly scopeName?: string };

function Editor({ policy, first, scopeName = policy?.scopeName }: Edited) {
  const t = useText();
  const editor = usePolicyEditor(policy, first);
  const { draft, isChanged } = editor;
  const ability = policy === undefined ? { allowed: true } : abilityOn(policy.abilities, 'edit');
  const preview = usePreview({
    policy,
    draft,
    isChanged,
    reCertify: editor.reCertify === true,
    isAllowed: ability.allowed,
  });
  const lacks = useLacks(draft);
  const found = editor.problems.length > 0 ? editor.problems : problemsOf(preview.problem);
  const problems = lacks.problems.length > 0 ? lacks.problems : found;
  return (
    <div className={styles.bench}>
      <div className={styles.benchParts}>
        <div className={styles.builder}>
          {editor.hasMoved && policy !== undefined && (
            <Banner
              tone="warning"
              action={
                <ActionButton size="xs" label={t('policies.goOn', { version: policy.version })} onClick={editor.goOn} />
              }
            >
              {t('policies.moved', { version: policy.version })}
            </Banner>
          )}
          {!ability.allowed && <Banner>{ability.reason}</Banner>}
          {editor.problem !== null && <ErrorNotice problem={editor.problem} isWrite />}
          <SummaryErrors
            errors={lacks.problems.map(({ path, message }) => ({ fieldId: fieldIdOf(path), message }))}
            attempt={lacks.attempt}
          />
          <PolicyBuilder
            draft={draft}
            named={scopeName === undefined ? undefined : { scope: policy?.scope ?? first.scope, name: scopeName }}
            problems={problems}
            isReadOnly={!ability.allowed}
            onChange={editor.change}
            {...(editor.reCertify === undefined
              ? {}
              : { again: { isAsked: editor.reCertify, onChange: editor.setReCertify } })}
          />
          {ability.allowed && <Buttons policy={policy} editor={editor} preview={preview} ifWhole={lacks.ifWhole} />}
        </div>
        {ability.allowed && <PreviewPanel preview={preview} />}
      </div>
      <LeaveQuestion mustAsk={() => isChanged && !editor.isLeaving.current} />
    </div>
  );
}

function Existing({ id }: { id: string }) {
  const t = useText();
  const policy = useOperation(readPolicy, { params: { id } });
  const tabs = [
    { value: 'policy', label: t('policies.tab.policy') },
    { value: 'sources', label: t('policies.tab.sources') },
    { value: 'versions', label: t('policies.tab.versions') },
  ];
  const tab = usePageTab(tabs);
  const [isOpened, setIsOpened] = useState(false);
  if (tab === 'policy' && !isOpened) setIsOpened(true);
  if (policy.data === undefined) {
    if (policy.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('policies.unknown')} section={t('policies.title')} />
        <ErrorNotice problem={policy.error} onRetry={() => void policy.refetch()} />
      </>
    );
  }
  const { data } = policy;
  return (
    <>
      <PageHeader title={data.name} section={t('policies.title')} facts={<Facts policy={data} />} />
      <GoneBanner problem={policy.error} />
      <PageTabs tabs={tabs} label={t('policies.tabs')} />
      {/* What was written outlives the change of tabs. */}
      {isOpened && (
        <div hidden={tab !== 'policy'}>
          <Editor policy={data} first={draftOf(data)} />
        </div>
      )}
      {tab === 'sources' && (
        <Suspense fallback={<SkeletonRows rows={6} />}>
          <PolicySources policyId={data.id} />
        </Suspense>
      )}
      {tab === 'versions' && <PolicyVersions policy={data} />}
    </>
  );
}

/** A first version on one data source: what its page leads to. */
function NewOnSource({ type, id }: { type: PolicyType; id: number }) {
  const source = useOperation(readDataSource, { params: { id } });
  if (source.error !== null) return <ErrorNotice problem={source.error} onRetry={() => void source.refetch()} />;
  if (source.data === undefined) return <SkeletonRows rows={6} />;
  return <Editor policy={undefined} first={draftOnSource(type, id)} scopeName={source.data.name} />;
}

function New({ type, sourceId }: { type: PolicyType; sourceId: number }) {
  const t = useText();
  const other = type === 'data' ? 'subscription' : 'data';
  return (
    <>
      <PageHeader
        title={t(`policies.new.${type}`)}
        section={t('policies.title')}
        {...(sourceId > 0
          ? {
              secondary: (
                <LinkTo
                  look="button"
                  to="/govern/policies/$id"
                  params={{ id: 'new' }}
                  search={{ type: other, source: String(sourceId) }}
                >
                  {t(`policies.instead.${other}`)}
                </LinkTo>
              ),
            }
          : {})}
      />
      {sourceId > 0 ? (
        <NewOnSource key={`${type} ${sourceId}`} type={type} id={sourceId} />
      ) : (
        <Editor key={type} policy={undefined} first={emptyDraft(type)} />
      )}
    </>
  );
}

/** One policy: what it says, what that changes, every version of it. `new` writes the first. */
export function PolicyPage() {
  const { id } = useParams({ from: '/shell/govern/policies/$id' });
  const search: { type?: unknown; source?: unknown } = useSearch({ strict: false });
  if (id !== 'new') return <Existing key={id} id={id} />;
  const sourceId = Number(search.source ?? 0);
  return (
    <New
      type={wordOf(policyType.options, search.type) ?? 'subscription'}
      sourceId={Number.isSafeInteger(sourceId) ? sourceId : 0}
    />
  );
}
