import { createHash } from 'node:crypto';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import type { Call } from '../../http/route.ts';
import { showGroup } from '../group/show-group.ts';
import { callAgain } from '../simulate/make-call.ts';
import { requireConfirmedLoss } from '../simulate/confirm-loss.ts';
import { lookOnce } from '../simulate/look-once.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findUser } from '../user/queries.ts';
import { describeChange } from './describe-change.ts';
import { type Judged, judgeChange } from './judge-change.ts';
import { memberOf } from './target-of.ts';

/** A call as it was made, apart from any password: of that the hash is kept, as accounts keep theirs. */
export type KeptCall = {
  readonly operation: string;
  readonly input: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown };
  readonly passwordHash: string | null;
};

export type Tried = {
  readonly judged: Judged;
  readonly changes: ReturnType<typeof describeChange>;
  /** A digest of what the call changes, as it was before. */
  readonly fingerprint: string;
};

type Trying = { readonly kept: KeptCall; readonly actor: LoadedPerson; readonly call: Call };

/** Makes the call in an open transaction, by the very code that makes it directly, and judges what it has done. */
export async function tryChange(
  deps: Deps,
  open: { tx: Tx; after: AfterCommit },
  { kept, actor, call: { claim: _, by: __, credentialId: ___, ...call } }: Trying,
): Promise<Tried> {
  const { operation: id, input, passwordHash } = kept;
  const inner: Deps = { ...deps, db: open.tx, within: open };
  const made = await callAgain(
    inner,
    { actor, call: passwordHash === null ? call : { ...call, passwordHash } },
    { operation: id, ...input },
  );
  const { operation } = made.route;
  const look = lookOnce(deps);
  const confirmLoss = memberOf(input.query, 'confirmLoss');
  if (operation.losing !== undefined)
    await requireConfirmedLoss(
      look,
      operation.losing,
      typeof confirmLoss === 'number' ? { confirmLoss } : {},
    )(open.tx, open.after);
  const judged = await judgeChange(deps, open, { operation, actor, look });
  // Past the transaction, whose locks hold it as it is.
  const before = await readBefore(deps, actor, input.params);
  const answer = made.reply.body;
  return {
    judged,
    changes: describeChange({ before, answer, setsPassword: passwordHash !== null }),
    fingerprint: fingerprintOf(before, memberOf(answer, 'digest')),
  };
}

async function readBefore({ outside }: Deps, actor: LoadedPerson, params: unknown): Promise<unknown> {
  const [globalUserId, id] = [memberOf(params, 'globalUserId'), memberOf(params, 'id')];
  if (typeof globalUserId === 'string') return findUser(outside, globalUserId);
  return typeof id === 'number' || typeof id === 'string' ? showGroup(outside, actor, Number(id)) : undefined;
}

/** What bears on the change; neither when somebody signed in nor how platforms are. */
const looksAt = ['username', 'name', 'email', 'status', 'permissions', 'attributes', 'groups', 'members', 'keptBy'];
const subjectsOf = (links: unknown): unknown =>
  Array.isArray(links) ? links.map((one) => [memberOf(one, 'providerId'), memberOf(one, 'subject')]) : null;
const idsOf = (logins: unknown): unknown =>
  Array.isArray(logins) ? logins.map((one) => memberOf(one, 'globalUserId')) : null;

const fingerprintOf = (before: unknown, digest: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        looksAt.map((name) => memberOf(before, name) ?? null),
        subjectsOf(memberOf(before, 'signInLinks')),
        idsOf(memberOf(before, 'otherLogins')),
        digest ?? null,
      ]),
    )
    .digest('base64url');
