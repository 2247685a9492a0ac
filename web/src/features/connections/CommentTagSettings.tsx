import { Switch } from '@mantine/core';
import { type Connection, listConnections, readConnection, updateConnection } from '@stoa/contract/connection';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Connections.module.css';

/** Whether tags are read from comments of the platform; it acts with the next sync. */
export function CommentTagSettings({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const update = useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: () => announce(t('connections.settings.saved')),
  });
  const mayChange = connection.abilities?.manage?.allowed === true;
  return (
    <Section title={t('connections.settings.comments')} lead={t('connections.settings.commentsLead')}>
      <div className={`${styles.stack} form-column`}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <Switch
          label={t('connections.settings.commentsSwitch')}
          description={t('connections.settings.commentsHint')}
          checked={connection.settings.readCommentTags === true}
          disabled={!mayChange || update.isPending}
          onChange={(event) =>
            update.mutate({
              params: { connectionKey: connection.connectionKey },
              body: { settings: { readCommentTags: event.currentTarget.checked } },
            })
          }
        />
      </div>
    </Section>
  );
}
