import { type DataProduct, getAllDataSources, getDataProductById } from '@stoa/contract/data-product';
import { useParams } from '@tanstack/react-router';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useListState } from '../../ui/list-search.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { GoneBanner } from '../../ui/GoneBanner.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { ChangeDialog } from '../preview/ChangeDialog.tsx';
import { DraftLine } from './DraftLine.tsx';
import { EffectPreview } from './EffectPreview.tsx';
import styles from './ManageProduct.module.css';
import { PublishedMark } from './ManageProductsPage.tsx';
import { OthersChanges } from './OthersChanges.tsx';
import { draftOf, emptyProductDraft, type ProductDraft } from './product-draft.ts';
import { DetailsPart, DomainsPart, OwnersPart, type PartProps, ReviewPart, useDomains } from './product-parts.tsx';
import { startOf } from './product-writing.ts';
import { ProductLifecycle } from './ProductLifecycle.tsx';
import { ProductSourcesPicker } from './ProductSourcesPicker.tsx';
import { PublishChecklist } from './PublishChecklist.tsx';
import { type Keeping, useKeptDraft } from './use-kept-draft.ts';
import { type ProductEditor, useProductEditor } from './use-product-editor.ts';

type RailProps = {
  readonly editor: ProductEditor;
  readonly keeping: Keeping;
  readonly isNew: boolean;
  readonly onSubmit: () => void;
};

function Rail({ editor, keeping, isNew, onSubmit }: RailProps) {
  const t = useText();
  const hasSources = editor.draft.sources.size > 0 && editor.draft.domains.length > 0;
  const ability = !editor.isChanged
    ? { allowed: false, reason: t('manage.noChanges') }
    : editor.others.both.length > 0
      ? { allowed: false, reason: t('manage.bothFirst') }
      : { allowed: editor.isComplete, reason: t('manage.incomplete') };
  const label = isNew
    ? t('manage.submit')
    : editor.loses > 0
      ? t('manage.saveLoses', { count: editor.loses })
      : t('manage.save');
  return (
    <aside className={styles.rail} aria-label={t(isNew ? 'manage.checklist' : 'manage.checklistEdit')}>
      <div>
        <h2 className={styles.railTitle}>{t(isNew ? 'manage.checklist' : 'manage.checklistEdit')}</h2>
        <PublishChecklist needs={editor.needs} />
      </div>
      <div>
        <h2 className={styles.railTitle}>{t('manage.effect')}</h2>
        {!hasSources && <p className="text-2">{t('manage.effectNone')}</p>}
        {hasSources && !editor.isChanged && <p className="text-2">{t('manage.noChanges')}</p>}
        {hasSources && editor.isChanged && (
          <EffectPreview preview={editor.preview} effect={editor.effect} isNew={isNew} />
        )}
      </div>
      {editor.problem !== null && <ErrorNotice problem={editor.problem} isWrite />}
      <OthersChanges editor={editor} />
      <ActionButton
        tone="primary"
        isFullWidth
        label={label}
        ability={ability}
        isBusy={editor.isBusy}
        onClick={onSubmit}
      />
      {editor.isSaved && !editor.isChanged ? (
        <p className="text-2 small">{t('manage.saved')}</p>
      ) : (
        <DraftLine keeping={keeping} onKeepThis={() => keeping.keepThis(editor.kept())} />
      )}
    </aside>
  );
}

function SourcesPart({ draft, change, mayChange, outside }: PartProps & Pick<ProductEditor, 'outside'>) {
  const t = useText();
  const available = useDomains().data?.domains ?? [];
  const domains = draft.domains.map((id) => ({ id, name: available.find((one) => one.id === id)?.name ?? id }));
  return (
    <Section id="product-sources" title={t('manage.sources')} lead={t('manage.sourcesLead')}>
      <ProductSourcesPicker
        domains={domains}
        outside={outside}
        chosen={draft.sources}
        onChange={(sources) => change({ sources })}
        isReadOnly={!mayChange('dataSources')}
      />
    </Section>
  );
}

/** Which members may be changed: the ability names them; sources are for who may manage the whole. */
function fieldsOf(product: DataProduct | undefined): (field: string) => boolean {
  if (product === undefined) return () => true;
  const alter = product.abilities?.alter;
  return (field) => {
    if (field === 'dataSources') return product.abilities?.manage?.allowed === true;
    return alter?.allowed === true && (alter.fieldsAllowed === undefined || alter.fieldsAllowed.includes(field));
  };
}

/** What is written goes to the server by itself; what holds already needs no draft. */
function useKeeping(editor: ProductEditor, keeping: Keeping, kept: RefObject<ProductDraft>) {
  useEffect(() => {
    if (kept.current === editor.draft) return;
    kept.current = editor.draft;
    if (editor.isUnsaved) keeping.save(editor.kept());
    else keeping.end();
  });
}

type EditorProps = {
  readonly before: ProductDraft;
  readonly product?: DataProduct;
  readonly id: string;
  readonly keeping: Keeping;
  /** Left because it was published or deleted: nothing is lost. */
  readonly isLeaving: RefObject<boolean>;
};

function EditorForm({ before, product, id, keeping, isLeaving }: EditorProps) {
  const t = useText();
  const [start] = useState(() => (keeping.first === undefined ? { draft: before } : startOf(keeping.first)));
  const onLeave = () => {
    isLeaving.current = true;
    keeping.published();
  };
  const kept = useRef(start.draft);
  // What was written while it was being saved is a draft again.
  const onSaved = (sent: ProductDraft | undefined) => void (kept.current === sent && keeping.end());
  const editor = useProductEditor({ before, product, id, start, onSaved, onLeave });
  useKeeping(editor, keeping, kept);
  const [isAsking, setIsAsking] = useState(false);
  const change = editor.call;
  const submit = () => {
    editor.tryIt();
    if (change === undefined) return;
    // Where people lose access, or where that is still being counted, it is asked once more. Nobody has a new product yet: should
    // its tags take something from many, the server asks for their number.
    const { simulation } = editor.effect;
    const isUnknown = simulation === undefined && product !== undefined;
    if (isUnknown || editor.loses > 0) setIsAsking(true);
    else editor.submit(simulation === undefined ? {} : { basedOn: simulation.basedOn, confirmLoss: 0 });
  };
  // Saved: what stands in the form is what holds.
  if (isAsking && change === undefined) setIsAsking(false);
  const parts: PartProps = { draft: editor.draft, change: editor.change, mayChange: fieldsOf(product) };
  useCommands([
    {
      id: 'product-save',
      label: t(product === undefined ? 'manage.submit' : 'manage.save'),
      group: 'page',
      keys: 'Ctrl S',
      run: submit,
    },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const isSave = (event.ctrlKey || event.metaKey) && (event.key.toLowerCase() === 's' || event.key === 'Enter');
    if (!isSave) return;
    event.preventDefault();
    submit();
  };
  return (
    <div className="detail" onKeyDown={onKeyDown} onBlur={keeping.flush}>
      <LeaveQuestion mustAsk={() => isLost(keeping) && editor.isUnsaved && !isLeaving.current} />
      <div className={styles.form}>
        <DomainsPart {...parts} />
        <SourcesPart {...parts} outside={editor.outside} />
        <DetailsPart {...parts} isTried={editor.isTried} />
        <ReviewPart {...parts} productId={product?.id} />
        {product !== undefined && <OwnersPart {...parts} />}
      </div>
      <Rail editor={editor} keeping={keeping} isNew={product === undefined} onSubmit={submit} />
      <ChangeDialog
        isOpen={isAsking}
        title={t(product === undefined ? 'manage.publishTitle' : 'manage.saveTitle', { name: editor.draft.name })}
        confirmLabel={
          product === undefined
            ? t('manage.submit')
            : editor.loses > 0
              ? t('manage.saveLoses', { count: editor.loses })
              : t('manage.save')
        }
        tone={editor.loses > 0 ? 'danger' : 'primary'}
        change={change}
        isBusy={editor.isBusy}
        problem={editor.problem}
        onConfirm={editor.submit}
        onClose={() => {
          editor.forget();
          setIsAsking(false);
        }}
      >
        {editor.loses > 0 && <p>{t('manage.confirmText')}</p>}
      </ChangeDialog>
    </div>
  );
}

const isLost = ({ state }: Keeping): boolean => state === 'failed' || state === 'elsewhere';

/** The form once its draft is there, filled in with it. */
function KeptForm({ keeping, ...form }: EditorProps) {
  const t = useText();
  const { stored, generation } = keeping;
  if (!keeping.isReady) {
    if (stored.error === null) return <SkeletonPage />;
    return <ErrorNotice problem={stored.error} onRetry={() => void stored.refetch()} />;
  }
  return (
    <>
      {stored.data?.draft != null && (
        <Banner action={<ActionButton size="xs" label={t('productDraft.startOver')} onClick={keeping.startOver} />}>
          {t('productDraft.filled')}
        </Banner>
      )}
      <EditorForm key={generation} {...form} keeping={keeping} />
    </>
  );
}

function NewProduct({ id, isNamed }: { id: string; isNamed: boolean }) {
  const t = useText();
  const me = useCurrentUser();
  const isLeaving = useRef(false);
  const list = useListState();
  const [wasNamed] = useState(isNamed);
  const keeping = useKeptDraft(id, !wasNamed);
  const isWritten = keeping.first !== undefined;
  const { setFilters } = list;
  // As it was found: one that is thrown away here is missed by nobody.
  const { data: found } = keeping.stored;
  const [isMissing, setIsMissing] = useState<boolean>();
  if (found !== undefined && isMissing === undefined) setIsMissing(found.draft === null && !isWritten);
  // A reload, and a link to this page, find the draft again.
  useEffect(() => {
    if (isWritten && !isNamed && !isLeaving.current) setFilters({ draft: id });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- what changes the address is another function each time
  }, [isWritten, isNamed, id]);
  if (me === undefined) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('manage.new')} section={t('manage.section')} />
      {isMissing === true && keeping.state === 'none' && <Banner tone="warning">{t('productDraft.missing')}</Banner>}
      <KeptForm
        before={emptyProductDraft({ id: me.globalUserId, name: me.displayName })}
        id={id}
        keeping={keeping}
        isLeaving={isLeaving}
      />
    </>
  );
}

/** A new product has the id of its draft: that of the address, or one of its own until something is written. */
function NewProducts() {
  const named = useListState().text('draft');
  const [own] = useState(() => crypto.randomUUID());
  const id = named ?? own;
  return <NewProduct key={id} id={id} isNamed={named !== undefined} />;
}

function ExistingProduct({ id }: { id: string }) {
  const t = useText();
  const isLeaving = useRef(false);
  const keeping = useKeptDraft(id, false);
  const product = useOperation(getDataProductById, { params: { id } });
  const sources = useOperation(
    getAllDataSources,
    { params: { id: product.data?.id ?? id } },
    { enabled: product.data !== undefined },
  );
  const problem = product.error ?? sources.error;
  if (product.data === undefined || sources.data === undefined) {
    if (problem === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('manage.section')} />
        <ErrorNotice problem={problem} onRetry={() => void product.refetch()} />
      </>
    );
  }
  const leaveDeleted = () => {
    isLeaving.current = true;
    keeping.end();
  };
  const { data } = product;
  const ids = sources.data.dataSources.map((one) => one.sourceId);
  return (
    <>
      <PageHeader
        title={data.name}
        section={t('manage.section')}
        facts={
          <>
            <PublishedMark product={data} />
            <span>{(data.domainNames ?? []).map((domain) => domain.name).join(', ')}</span>
            <LinkTo to="/products/$slug" params={{ slug: data.slug ?? data.id }} search={{}}>
              {t('manage.look')}
            </LinkTo>
          </>
        }
        secondary={<ProductLifecycle product={data} onLeave={leaveDeleted} />}
      />
      {data.suspended && <Banner tone="warning">{t('manage.suspendedBanner')}</Banner>}
      <GoneBanner problem={product.error} />
      <KeptForm before={draftOf(data, ids)} product={data} id={data.id} keeping={keeping} isLeaving={isLeaving} />
    </>
  );
}

/** Publishes a data product, or changes one: what it holds, who decides, and who gains and loses by it. */
export function ManageProductPage() {
  const { id } = useParams({ from: '/shell/manage/products/$id' });
  return id === 'new' ? <NewProducts /> : <ExistingProduct key={id} id={id} />;
}
