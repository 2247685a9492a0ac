import { createTag, listTags, readTag } from '@stoa/contract/tag';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TagForm } from './TagForm.tsx';

/** Makes a tag, below another one when its path is given. */
export function CreateTagDialog({ below, isOpen, onClose }: { below?: string; isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const create = useCommand(createTag, {
    invalidates: [listTags, readTag],
    onSuccess: (made) => {
      announce(t('tags.created', { name: made.name }));
      onClose();
      void navigate({ to: '/govern/tags/$id', params: { id: String(made.id) }, search: {} });
    },
  });
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t(below === undefined ? 'tags.create' : 'tags.createBelow')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <TagForm
        before={{ name: below === undefined ? '' : `${below}.`, description: '', sensitivity: null }}
        label={t('tags.create')}
        isBusy={create.isPending}
        problem={create.error}
        onSubmit={(body) => create.mutate({ body })}
      />
    </Dialog>
  );
}
