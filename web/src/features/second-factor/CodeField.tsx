import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';

type Props = {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
  /** Where nothing but a code of the app will do: a factor that is being set up. */
  readonly isOfAppAlone?: boolean;
  readonly hasFocus?: boolean;
};

/** The code of an authenticator app, or a recovery code in its place. */
export function CodeField({ value, error, onChange, isOfAppAlone = false, hasFocus = false }: Props) {
  const t = useText();
  const [isRecovery, setIsRecovery] = useState(false);
  const [isSwitched, setIsSwitched] = useState(false);
  return (
    <div style={{ display: 'grid', gap: 4, justifyItems: 'start' }}>
      <TextInput
        key={String(isRecovery)}
        required
        label={t(isRecovery ? 'secondFactor.recoveryCode' : 'secondFactor.code')}
        description={t(isRecovery ? 'secondFactor.recoveryHint' : 'secondFactor.codeHint')}
        autoComplete={isRecovery ? 'off' : 'one-time-code'}
        inputMode={isRecovery ? 'text' : 'numeric'}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        w="100%"
        classNames={{ input: 'mono' }}
        // The dialog below one for a fresh login would hear Escape as well; the field may come after that one has opened.
        data-mantine-stop-propagation="true"
        autoFocus={hasFocus || isSwitched}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {!isOfAppAlone && (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t(isRecovery ? 'secondFactor.useApp' : 'secondFactor.useRecovery')}
          onClick={() => {
            setIsRecovery(!isRecovery);
            setIsSwitched(true);
            onChange('');
          }}
        />
      )}
    </div>
  );
}
