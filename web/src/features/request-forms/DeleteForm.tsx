import { deleteRequestFormById, type RequestForm, searchRequestForms } from '@stoa/contract/request-form';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';

/** Deletes a form that nothing asks by; what stands in the way is named by the server. */
export function DeleteForm({ form }: { form: RequestForm }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useCommand(deleteRequestFormById, {
    invalidates: [searchRequestForms],
    onSuccess: () => {
      announce(t('forms.deleted', { name: form.name }));
      void navigate({ to: '/manage/forms', search: {}, ignoreBlocker: true });
    },
  });
  return (
    <>
      <ActionButton
        label={t('forms.delete')}
        ability={abilityOn(form.abilities, 'delete')}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('forms.deleteTitle', { name: form.name })}
        confirmLabel={t('forms.delete')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id: form.id } })}
        onClose={() => {
          remove.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('forms.deleteText')}</p>
      </ConfirmDialog>
    </>
  );
}
