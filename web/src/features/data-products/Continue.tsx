import { type AccessRequest, searchAccessRequests } from '@stoa/contract/access-request';
import type { Abilities } from '@stoa/contract/person';
import { listMemberships, type Membership } from '@stoa/contract/membership';
import { IconClock, IconHourglassEmpty } from '@tabler/icons-react';
import { useCurrentUser } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useWaitingReviews } from '../../app/waiting-reviews.ts';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { isEndNear } from '../../lib/end-near.ts';
import { AttentionBlock } from '../../ui/Attention.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { formOf, pageOf, useWaiting } from '../access-requests/membership-pages.ts';
import styles from './Continue.module.css';
import { onBehalf } from './on-behalf.ts';

function WaitingReviews() {
  const t = useText();
  const count = useWaitingReviews();
  if (count === 0) return null;
  return (
    <AttentionBlock>
      <p className={styles.waiting}>
        <span>{t('marketplace.waiting.title', { count })}</span>
        <LinkTo to="/reviews">{t('marketplace.waiting.action')}</LinkTo>
      </p>
    </AttentionBlock>
  );
}

type ToAccept = { readonly id: string; readonly name: string };

/** Access that others asked for on the reader's behalf, and that starts once they accept its agreements. */
function WaitingAgreements({ waiting }: { waiting: readonly ToAccept[] }) {
  const t = useText();
  if (waiting.length === 0) return null;
  return (
    <AttentionBlock>
      {waiting.map(({ id, name }) => (
        <p key={id} className={styles.waiting}>
          <span>{t('marketplace.waiting.agreement', { product: name })}</span>
          <LinkTo to="/requests/$id" params={{ id }}>
            {t('marketplace.waiting.read')}
          </LinkTo>
        </p>
      ))}
    </AttentionBlock>
  );
}

function useUnfinished() {
  const pending = useOperation(searchAccessRequests, { query: { role: ['requestor'], status: ['PENDING'], limit: 5 } });
  const active = useOperation(listMemberships, { query: { state: ['active'], limit: 100 } });
  const ending = (active.data?.data ?? []).filter((one) => isEndNear(one.validTo, Date.now()));
  const mayAccept = ({ abilities }: { abilities?: Abilities | undefined }) => abilityOn(abilities, 'accept').allowed;
  const toAccept: ToAccept[] = [
    ...(active.data?.data ?? []).filter(mayAccept).map((one) => ({ id: one.requestId, name: one.target.name })),
    ...(pending.data?.data ?? [])
      .filter(mayAccept)
      .map((one) => ({ id: one.id, name: one.dataProduct?.name ?? one.asset?.name ?? one.id })),
  ];
  return { pending: pending.data?.data ?? [], ending, toAccept };
}

/** Two requests for one product are told apart by the person. */
function Behalf({ request }: { request: AccessRequest }) {
  const t = useText();
  const me = useCurrentUser();
  const other = onBehalf(request, me?.globalUserId);
  return other === undefined ? null : <>{t(`marketplace.continue.${other.is}`, { who: other.who })} </>;
}

type EndingProps = {
  readonly membership: Membership;
  /** The requests that wait, by what they are for; undefined until that is known. */
  readonly extensions: ReadonlyMap<string, string> | undefined;
};

/** Access that ends soon, with the way to more time, or to the request for it that waits already. */
function Ending({ membership, extensions }: EndingProps) {
  const t = useText();
  const { target, validTo, abilities } = membership;
  const page = pageOf(membership);
  const waiting = extensions?.get(target.id);
  const mayExtend = target.registered && extensions !== undefined && abilityOn(abilities, 'extend').allowed;
  return (
    <li>
      <IconHourglassEmpty size={16} stroke={1.75} aria-hidden="true" />
      {page === undefined ? (
        target.name
      ) : (
        <LinkTo look="row" {...page}>
          {target.name}
        </LinkTo>
      )}
      <span className="text-2">
        <Say id="marketplace.continue.ending" values={{ when: <TimeStamp value={validTo ?? ''} style="relative" /> }} />
      </span>
      {waiting !== undefined ? (
        <LinkTo to="/requests/$id" params={{ id: waiting }}>
          {t('marketplace.continue.extensionAsked')}
        </LinkTo>
      ) : (
        mayExtend && (
          <LinkTo {...formOf(membership)} aria-label={t('marketplace.continue.extend', { product: target.name })}>
            {t('marketplace.act.extend')}
          </LinkTo>
        )
      )}
    </li>
  );
}

/** Where one left off: what waits for others, what ends soon, what waits on oneself. Nothing of it, no block. */
export function Continue() {
  const t = useText();
  const { pending, ending, toAccept } = useUnfinished();
  const extensions = useWaiting(ending.length > 0);
  return (
    <div className={styles.strip}>
      <WaitingReviews />
      <WaitingAgreements waiting={toAccept} />
      {pending.length + ending.length > 0 && (
        <section aria-labelledby="continue">
          <h2 id="continue" className="group-label">
            {t('marketplace.continue')}
          </h2>
          <ul className={styles.list}>
            {ending.map((one) => (
              <Ending key={one.requestId} membership={one} extensions={extensions} />
            ))}
            {pending.map((one) => (
              <li key={one.id}>
                <IconClock size={16} stroke={1.75} aria-hidden="true" />
                <LinkTo look="row" to="/requests/$id" params={{ id: one.id }}>
                  {one.dataProduct?.name ?? one.asset?.name ?? one.id}
                </LinkTo>
                <span className="text-2">
                  <Behalf request={one} />
                  <Say
                    id={one.progress === undefined ? 'marketplace.continue.pending' : 'marketplace.continue.pendingOf'}
                    values={{ when: <TimeStamp value={one.createdAt} style="relative" />, ...one.progress }}
                  />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
