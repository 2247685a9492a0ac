import type { Connection } from '@stoa/contract/connection';
import { useText } from '../../app/messages/use-text.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Connections.module.css';

/** `host:port/database`, as clients of the platform write it. */
export const addressOf = ({ config }: Connection): string => `${config.host}:${config.port}/${config.database}`;

/** How the way to the platform is encrypted, and by whose word. */
export function useTlsText({ config }: Connection): string {
  const t = useText();
  const mode = t(`connections.tls.${config.tls}`);
  return config.tls === 'verify-full' && config.ca ? t('connections.tls.ownAuthority', { mode }) : mode;
}

/** The last crawl, in a few words. */
export function CrawlWords({ connection }: { connection: Connection }) {
  const t = useText();
  const { crawl } = connection;
  if (crawl === undefined) return <span className="text-2">{t('connections.crawl.none')}</span>;
  return (
    <span className={styles.words} data-tone={crawl.status}>
      <span>{t(`connections.crawl.${crawl.status}`, { found: crawl.found })}</span>
      {crawl.finishedAt !== undefined && (
        <span className="text-2 small">
          <TimeStamp value={crawl.finishedAt} style="relative" />
        </span>
      )}
    </span>
  );
}

/** A run that went through leaves a platform in step unless something of it failed. */
export function useReconcileStatus({ reconcile: { status, failed } }: Connection): string {
  const t = useText();
  return t(failed > 0 && status === 'SUCCEEDED' ? 'connections.reconcile.partly' : `connections.reconcile.${status}`);
}

/** Where the platform stands against what should be there, in a few words. */
export function ReconcileWords({ connection }: { connection: Connection }) {
  const t = useText();
  const word = useReconcileStatus(connection);
  const { status, pending, failed, lastRunAt } = connection.reconcile;
  return (
    <span className={styles.words} data-tone={failed > 0 ? 'FAILED' : status}>
      <span>{word}</span>
      {failed > 0 && <b className={styles.bad}>{t('connections.reconcile.failed', { count: failed })}</b>}
      {pending > 0 && <span>{t('connections.reconcile.pending', { count: pending })}</span>}
      {lastRunAt !== undefined && (
        <span className="text-2 small">
          <TimeStamp value={lastRunAt} style="relative" />
        </span>
      )}
    </span>
  );
}
