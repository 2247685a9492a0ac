import { listCertifications } from '@stoa/contract/source-policy';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { AttentionBlock } from '../../ui/Attention.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';

const shownAtOnce = 10;

/** What waits for the reader's signature on the data they own; nothing where nothing waits. */
export function WaitingForMe() {
  const t = useText();
  const found = useOperation(listCertifications, { query: { limit: shownAtOnce } });
  if (found.data === undefined || found.data.data.length === 0) return null;
  const { data, meta } = found.data;
  return (
    <div style={{ marginBlockEnd: 16 }}>
      <AttentionBlock>
        <p>{t('owners.waiting', { count: meta.totalCount })}</p>
        <ul>
          {data.map((one) => (
            <li key={`${one.dataSourceId} ${one.policy.id}`}>
              <LinkTo to="/admin/objects" search={{ row: one.dataObjectId }}>
                {t('owners.waitingFor', { policy: one.policy.name, source: one.objectPath.join('.') })}
              </LinkTo>
            </li>
          ))}
        </ul>
      </AttentionBlock>
    </div>
  );
}
