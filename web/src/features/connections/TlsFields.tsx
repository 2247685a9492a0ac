import { NativeSelect, Textarea } from '@mantine/core';
import { useText } from '../../app/messages/use-text.tsx';
import { type TlsChoice, tlsModes } from './connection-draft.ts';

type Props = {
  readonly choice: TlsChoice;
  readonly change: (part: Partial<TlsChoice>) => void;
  readonly error: string | undefined;
};

/** How the way to the platform is encrypted, and whose signature on its certificate counts. */
export function TlsFields({ choice, change, error }: Props) {
  const t = useText();
  return (
    <>
      <NativeSelect
        label={t('connections.field.tls')}
        value={choice.tls}
        data={tlsModes.map((mode) => ({ value: mode, label: t(`connections.tls.${mode}`) }))}
        onChange={(event) => {
          const tls = tlsModes.find((mode) => mode === event.currentTarget.value);
          if (tls !== undefined) change({ tls });
        }}
      />
      {choice.tls === 'verify-full' && (
        <Textarea
          id="connection-ca"
          label={t('ui.form.optional', { label: t('connections.field.ca') })}
          description={t('connections.field.caHint')}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={choice.ca}
          error={error}
          rows={3}
          maxLength={100_000}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--font-mono)' } }}
          onChange={(event) => change({ ca: event.currentTarget.value })}
        />
      )}
    </>
  );
}
