import { type DataProduct, getAllDataSources, getDataProductById } from '@stoa/contract/data-product';
import { useParams } from '@tanstack/react-router';
import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { GoneBanner } from '../../ui/GoneBanner.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { ChangeDialog } from '../preview/ChangeDialog.tsx';
import { EffectPreview } from './EffectPreview.tsx';
import styles from './ManageProduct.module.css';
import { PublishedMark } from './ManageProductsPage.tsx';
import { OthersChanges } from './OthersChanges.tsx';
import { draftOf, emptyProductDraft, type ProductDraft } from './product-draft.ts';
import { DetailsPart, DomainsPart, OwnersPart, type PartProps, ReviewPart, useDomains } from './product-parts.tsx';
import { ProductLifecycle } from './ProductLifecycle.tsx';
import { ProductSourcesPicker } from './ProductSourcesPicker.tsx';
import { PublishChecklist } from './PublishChecklist.tsx';
import { type ProductEditor, useProductEditor } from './use-product-editor.ts';

function Rail({ editor, isNew, onSubmit }: { editor: ProductEditor; isNew: boolean; onSubmit: () => void }) {
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
      <p className="text-2 small">{t(editor.isSaved && !editor.isChanged ? 'manage.saved' : 'manage.unsaved')}</p>
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

type EditorProps = {
  readonly before: ProductDraft;
  readonly product?: DataProduct;
  /** Left because it was published or deleted: nothing is lost. */
  readonly isLeaving: RefObject<boolean>;
};

function EditorForm({ before, product, isLeaving }: EditorProps) {
  const t = useText();
  const editor = useProductEditor(before, product, () => {
    isLeaving.current = true;
  });
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
    <div className="detail" onKeyDown={onKeyDown}>
      <LeaveQuestion mustAsk={() => editor.isUnsaved && !isLeaving.current} />
      <div className={styles.form}>
        <DomainsPart {...parts} />
        <SourcesPart {...parts} outside={editor.outside} />
        <DetailsPart {...parts} isTried={editor.isTried} />
        <ReviewPart {...parts} productId={product?.id} />
        {product !== undefined && <OwnersPart {...parts} />}
      </div>
      <Rail editor={editor} isNew={product === undefined} onSubmit={submit} />
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

function NewProduct() {
  const t = useText();
  const me = useCurrentUser();
  const isLeaving = useRef(false);
  if (me === undefined) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('manage.new')} section={t('manage.section')} />
      <EditorForm before={emptyProductDraft({ id: me.globalUserId, name: me.displayName })} isLeaving={isLeaving} />
    </>
  );
}

function ExistingProduct({ id }: { id: string }) {
  const t = useText();
  const isLeaving = useRef(false);
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
        secondary={<ProductLifecycle product={data} onLeave={() => void (isLeaving.current = true)} />}
      />
      {data.suspended && <Banner tone="warning">{t('manage.suspendedBanner')}</Banner>}
      <GoneBanner problem={product.error} />
      <EditorForm before={draftOf(data, ids)} product={data} isLeaving={isLeaving} />
    </>
  );
}

/** Publishes a data product, or changes one: what it holds, who decides, and who gains and loses by it. */
export function ManageProductPage() {
  const { id } = useParams({ from: '/shell/manage/products/$id' });
  return id === 'new' ? <NewProduct /> : <ExistingProduct key={id} id={id} />;
}
