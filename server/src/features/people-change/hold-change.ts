import type { Operation } from '@stoa/contract/operation';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import type { ParsedInput } from '../../http/parse-input.ts';
import type { Call } from '../../http/route.ts';
import type { Look } from '../simulate/look-once.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type Judged, judgeChange } from './judge-change.ts';
import { targetOf } from './target-of.ts';

/** A change that waits for another user admin: the transaction that made it is taken back, and the call is filed. */
export class HeldChange extends Error {
  readonly judged: Judged;
  constructor(judged: Judged) {
    super('a change waits for another user admin');
    this.judged = judged;
  }
}

export type Held = {
  readonly operation: Operation;
  readonly input: ParsedInput;
  readonly actor: LoadedPerson;
  readonly call: Call;
};

/**
 * Lets a change of people commit where one user admin may make it alone. Where no other one is there, it is made, and the audit
 * trail and webhooks are told so.
 */
export const holdChange =
  (deps: Deps, held: Held, look: Look) =>
  async (tx: Tx, after: AfterCommit): Promise<void> => {
    const { operation, actor, call, input } = held;
    const judged = await judgeChange(deps, { tx, after }, { operation, actor, look });
    if (judged.reasons.length === 0) return;
    if (judged.isOther) throw new HeldChange(judged);
    const { type, id, name } = await targetOf(tx, operation, input);
    const { reasons, gainingCount: gaining } = judged;
    await appendAudit(tx, {
      action: 'PeopleChangeMadeAlone',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: type,
      targets: [{ id: id ?? '', name }],
      payload: { operation: operation.id, reasons, gaining },
      requestId: call.id,
      emits: [{ type: 'stoa.people_change.made_alone', data: { about: { type, name }, reasons, gaining } }],
    });
  };
