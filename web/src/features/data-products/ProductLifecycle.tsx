import {
  deleteDataProduct,
  type DataProduct,
  getDataProductById,
  searchDataProducts,
  updateDataProduct,
} from '@stoa/contract/data-product';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ChangeDialog, type Confirmed } from '../preview/ChangeDialog.tsx';
import { callOf } from '../preview/call-of.ts';
import { EffectNotes, usePreview } from './EffectPreview.tsx';
import styles from './ManageProduct.module.css';

type Act = 'suspend' | 'resume' | 'delete';

const bodies = { suspend: { suspended: true }, resume: { suspended: false }, delete: { deleted: true } } as const;
const done: Readonly<Record<Act, MessageId>> = {
  suspend: 'manage.suspended',
  resume: 'manage.resumed',
  delete: 'manage.deleted',
};

type Props = {
  readonly product: DataProduct;
  /** Left because it is deleted: there is nothing to save any more. */
  readonly onLeave: () => void;
};

/** Suspend, resume and delete: each says first who loses and who gains. */
export function ProductLifecycle({ product, onLeave }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [act, setAct] = useState<Act>();
  const shown = act ?? 'suspend';
  const preview = usePreview({ dataProductId: product.id, ...bodies[shown] }, act !== undefined);
  const finish = (what: Act) => {
    setAct(undefined);
    announce(t(done[what], { name: product.name }));
    if (what !== 'delete') return;
    onLeave();
    void navigate({ to: '/manage/products', search: {} });
  };
  const update = useCommand(updateDataProduct, {
    invalidates: [getDataProductById, searchDataProducts],
    onSuccess: (_, { body }) => finish(body.suspended === true ? 'suspend' : 'resume'),
  });
  const remove = useCommand(deleteDataProduct, {
    invalidates: [searchDataProducts],
    onSuccess: () => finish('delete'),
  });
  const params = { id: product.id };
  const confirm = (query: Confirmed) => {
    if (shown === 'delete') remove.mutate({ params, query });
    else update.mutate({ params, body: { suspended: shown === 'suspend' } });
  };
  const close = () => {
    update.reset();
    remove.reset();
    setAct(undefined);
  };
  const life = product.suspended ? 'resume' : 'suspend';
  return (
    <div className={styles.buttons}>
      <ActionButton
        label={t(`manage.${life}`)}
        ability={abilityOn(product.abilities, life)}
        onClick={() => setAct(life)}
      />
      <ActionButton
        label={t('manage.delete')}
        tone="danger"
        ability={abilityOn(product.abilities, 'delete')}
        onClick={() => setAct('delete')}
      />
      <ChangeDialog
        isOpen={act !== undefined}
        title={t(`manage.${shown}Title`, { name: product.name })}
        confirmLabel={t(`manage.${shown}Confirm`, { count: preview.data?.loses.count ?? 0 })}
        tone={shown === 'resume' ? 'primary' : 'danger'}
        change={
          shown === 'delete'
            ? callOf(deleteDataProduct, { params })
            : callOf(updateDataProduct, { params, body: bodies[shown] })
        }
        isBusy={update.isPending || remove.isPending}
        problem={update.error ?? remove.error}
        {...(shown === 'delete' ? { mustType: product.name } : {})}
        onConfirm={confirm}
        onClose={close}
      >
        <p>{t(`manage.${shown}Text`)}</p>
        {act !== undefined && preview.data !== undefined && <EffectNotes found={preview.data} />}
      </ChangeDialog>
    </div>
  );
}
