import type { Evidence } from '@stoa/contract/evidence';
import { type ChatDecision, decideInChat } from '@stoa/core/review/decide-in-chat';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { readEvidence } from '../access-request/evidence.ts';
import { loadPerson } from '../user/load-people.ts';

/** What a message about a request may show one reader; undefined where they may not see the request any more. */
export type MessageFacts = {
  evidence: Evidence;
  /** Names of the domains of what is asked for. */
  domains: readonly string[];
  /** The open slots that the reader could decide, the first one first. */
  recordIds: readonly string[];
  decision: ChatDecision;
  /** Whether it is decided in a chat at all, whoever reads it. */
  chat: ChatDecision;
};

/** Reads the evidence as the web app would show it to this very person, so that Slack tells nobody more. */
export async function readMessageFacts(
  deps: Deps,
  { requestId, readerId }: { requestId: string; readerId: string },
): Promise<MessageFacts | undefined> {
  const reader = await loadPerson(deps.db, readerId);
  if (reader === undefined || reader.status !== 'active') return undefined;
  const evidence = await readIfSeen(() => readEvidence(deps, reader, requestId, { withPlan: false }));
  if (evidence === undefined) return undefined;
  const open = evidence.records.filter((r) => r.status === 'PENDING' && r.abilities?.['determine']?.allowed === true);
  const recordIds = open.map(({ id }) => id);
  const mayDecide = evidence.request.status === 'PENDING' && evidence.decision.allowed && recordIds.length > 0;
  const { parties, domains } = await readBeside(deps, requestId);
  const risk = evidence.assist.approvalRisk;
  const asked = { risk, parties, signals: evidence.signals };
  const decision = decideInChat({ mayDecide, ...asked });
  return { evidence, domains, recordIds, decision, chat: decideInChat({ mayDecide: true, ...asked }) };
}

async function readIfSeen(read: () => Promise<Evidence>): Promise<Evidence | undefined> {
  try {
    return await read();
  } catch (error) {
    const isUnseen = error instanceof Refusal && ['resource.not_found', 'permission.denied'].includes(error.code);
    if (isUnseen) return undefined;
    throw error;
  }
}

type Beside = { parties: ('human' | 'service')[]; domains: string[] };

/** What the evidence does not say: whether people or programs ask, and in which domains. */
async function readBeside(deps: Deps, requestId: string): Promise<Beside> {
  const { rows } = await sql<Beside>`
    select (select json_agg(u.kind) from app_user u where u.global_user_id in (r.requesting_user, r.beneficiary)) as parties,
      (select coalesce(json_agg(distinct d.name order by d.name), '[]') from domain d where d.id in (
        select x.domain_id from data_product_domain x where x.data_product_id = r.data_product_id
        union select x.domain_id from domain_data_source x join data_source s on s.id = x.data_source_id
        where s.data_object_id = r.asset_id)) as domains
    from access_request r where r.id = ${requestId}`.execute(deps.db);
  return rows[0] ?? { parties: [], domains: [] };
}
