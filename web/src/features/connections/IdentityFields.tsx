import { Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { externalNameOf, templateChoices } from './connection-draft.ts';
import styles from './NewConnectionPage.module.css';

const choiceText: Readonly<Record<(typeof templateChoices)[number], MessageId>> = {
  '{username}': 'connections.template.username',
  '{username:lower}': 'connections.template.usernameLower',
  '{email}': 'connections.template.email',
  '{email:lower}': 'connections.template.emailLower',
  '{emailLocalPart}': 'connections.template.emailLocalPart',
  '{emailLocalPart:lower}': 'connections.template.emailLocalPartLower',
};

type Props = {
  readonly template: string;
  readonly interval: string;
  readonly onTemplate: (template: string) => void;
  readonly onInterval: (interval: string) => void;
  readonly error: string | undefined;
};

/** How people are called on the platform, and how often its catalog is read. */
export function IdentityFields({ template, interval, onTemplate, onInterval, error }: Props) {
  const t = useText();
  const user = useCurrentUser();
  const [isOther, setIsOther] = useState(!templateChoices.some((choice) => choice === template));
  const me = { username: user?.username ?? 'ana', email: user?.email ?? 'ana.ruiz@example.com' };
  return (
    <>
      <Radio.Group
        label={t('connections.field.template')}
        description={t('connections.field.templateHint')}
        value={isOther ? 'other' : template}
        onChange={(value) => {
          setIsOther(value === 'other');
          if (value !== 'other') onTemplate(value);
        }}
      >
        <div className={styles.choices}>
          {templateChoices.map((choice) => (
            <Radio key={choice} value={choice} label={t(choiceText[choice])} />
          ))}
          <Radio value="other" label={t('connections.template.custom')} />
        </div>
      </Radio.Group>
      {isOther && (
        <TextInput
          id="connection-template"
          aria-label={t('connections.field.template')}
          className="mono"
          value={template}
          error={error}
          maxLength={255}
          spellCheck={false}
          onChange={(event) => onTemplate(event.currentTarget.value)}
        />
      )}
      <p className={styles.hint}>
        {t('connections.template.example', {
          name: user?.displayName ?? me.username,
          external: externalNameOf(template, me),
        })}
      </p>
      <TextInput
        label={t('connections.field.interval')}
        inputMode="numeric"
        w={176}
        value={interval}
        onChange={(event) => onInterval(event.currentTarget.value)}
      />
    </>
  );
}
