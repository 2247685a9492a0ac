import {
  determineAccessRequest,
  requestAccess,
  requestMaskingException,
  revokeAccess,
} from '@stoa/contract/access-request';
import { getAssetByMetadata, requestAsset, revokeAssetRequest } from '@stoa/contract/asset';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import type { TestPerson } from '@stoa/server/testing/people';
import { waitFor } from '@stoa/server/testing/register-platform';
import { at, type Consumer, type FaultWorld, shows } from './fault-world.ts';

type Server = { url: string };
type Answer = { status: number };

/** One of the three things that a decision can be about, from asking to what the consumer's own session sees. */
export type Flow = {
  name: 'access' | 'masking exception' | 'asset';
  ask(server: Server, consumer: Consumer): Promise<string>;
  revoke(server: Server, requestId: string): Promise<Answer>;
  /** What is read where the request stands approved, and where it does not. */
  open: string;
  closed: string;
  read(consumer: Consumer): Promise<unknown>;
  /** What is read. */
  table: string;
};

export const decide = (
  server: Server,
  governor: TestPerson,
  requestId: string,
  status: 'APPROVED' | 'DENIED' = 'APPROVED',
) =>
  at(server, governor).call(determineAccessRequest, { params: { id: requestId }, body: { status, reason: 'needed' } });

const created = (answer: Answer & { body: unknown }): string => {
  const { body } = answer as { body: { id?: string } };
  if (answer.status !== 201 || body.id === undefined)
    throw new Error(`asking was refused: ${answer.status} ${JSON.stringify(body)}`);
  return body.id;
};

async function standardForm(world: FaultWorld): Promise<{ answers: { fieldId: string; value: string }[] }> {
  const [version] = await world.query<{ fields: { id: string }[] }>(
    `select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`,
  );
  return { answers: (version?.fields ?? []).map(({ id }) => ({ fieldId: id, value: 'because' })) };
}

export async function makeFlows(world: FaultWorld): Promise<Record<'access' | 'exception' | 'asset', Flow>> {
  const { governor, plain, masked, registered, platform } = world;
  const form = await standardForm(world);
  const source = registered.sources.find(({ path }) => path.slice(1).join('.') === 'area_2.table_1');
  const revokeOf = (productId: string) => (server: Server, requestId: string) =>
    at(server, governor).call(revokeAccess, { params: { id: productId, requestId } });
  let assetId: string | undefined;
  const findAsset = async (server: Server): Promise<string> => {
    const fullyQualifiedName = `${platform.database}.area_3.table_1`;
    const { body } = await at(server, governor).call(getAssetByMetadata, { query: { fullyQualifiedName } });
    return (assetId ??= body.id);
  };
  return {
    access: {
      name: 'access',
      table: 'area_1.table_1',
      ask: async (server, { person }) =>
        created(
          await at(server, person).call(requestAccess, {
            params: { id: plain.id },
            body: { user: person.globalUserId, form },
          }),
        ),
      revoke: revokeOf(plain.id),
      open: 'one',
      closed: '42501',
      read: ({ login }) => shows(world, login, 'area_1.table_1'),
    },
    exception: {
      name: 'masking exception',
      table: 'shared_area_2.table_1',
      ask: async (server, { person }) =>
        created(
          await at(server, person).call(requestMaskingException, {
            params: { id: masked.id },
            body: {
              user: person.globalUserId,
              form,
              columns: [{ columnName: 'label', sourceId: String(source?.id) }],
            },
          }),
        ),
      revoke: revokeOf(masked.id),
      open: 'one',
      closed: 'hidden',
      read: ({ login }) => shows(world, login, 'shared_area_2.table_1'),
    },
    asset: {
      name: 'asset',
      table: 'area_3.table_1',
      ask: async (server, { person }) => {
        const id = await findAsset(server);
        const body = { requestType: 'DATA_ACCESS' as const, user: person.globalUserId, form };
        return created(await at(server, person).call(requestAsset, { params: { id }, body }));
      },
      revoke: async (server, requestId) =>
        at(server, governor).call(revokeAssetRequest, { params: { id: await findAsset(server), requestId } }),
      open: 'one',
      closed: '42501',
      read: ({ login }) => shows(world, login, 'area_3.table_1'),
    },
  };
}

/** Somebody with standing access to the masked product, so that an exception has something to lift. */
export async function addMaskedConsumer(world: FaultWorld, server: Server, name: string): Promise<Consumer> {
  const consumer = await world.addConsumer(name);
  const { person } = consumer;
  const asked = await at(server, person).call(requestAccess, {
    params: { id: world.masked.id },
    body: { user: person.globalUserId, form: await standardForm(world) },
  });
  const decided = await decide(server, world.governor, created(asked));
  if (decided.status !== 200)
    throw new Error(`access to the masked product was refused: ${JSON.stringify(decided.body)}`);
  return consumer;
}

/**
 * Makes an approved request one that was given for a day, and ends so many seconds from now by the clock of the database. Its records
 * say the same: what `stoa verify` would call wrong is not made here. Undefined: it is not approved.
 */
export async function endIn(world: FaultWorld, requestId: string, seconds: number): Promise<Date | undefined> {
  const [row] = await world.query<{ end: Date }>(
    `with given as (
       update approval_record set duration = 1, duration_unit = 'DAYS' where access_request_id = $1 and status = 'APPROVED'
     )
     update access_request set expiration = now() + make_interval(secs => $2),
       decided_at = now() + make_interval(secs => $2) - interval '24 hours', created_at = created_at - interval '24 hours'
     where id = $1 and status = 'APPROVED' returning expiration as end`,
    [requestId, seconds],
  );
  return row?.end;
}

/** One request, whose it is, and what it is about. */
export type Subject = { flow: Flow; consumer: Consumer; requestId: string };

/** What the server says of the way of a request to the platform. */
export async function stateOf(
  world: FaultWorld,
  server: Server,
  requestId: string,
): Promise<{ state: string; reason: string }> {
  const { body } = await at(server, world.governor).call(getAccessRequestProvisioning, { params: { id: requestId } });
  return { state: String(body.state), reason: body.reason ?? '' };
}

/** Asks and approves; the request is on its way to the platform. */
export async function approve(
  world: FaultWorld,
  server: Server,
  { flow, consumer }: Omit<Subject, 'requestId'>,
): Promise<Subject> {
  const requestId = await flow.ask(server, consumer);
  const { status, body } = await decide(server, world.governor, requestId);
  if (status !== 200) throw new Error(`an approval was refused: ${status} ${JSON.stringify(body)}`);
  return { flow, consumer, requestId };
}

/** Waits until the platform has been brought to where the request stands, and until the consumer's own session sees it. */
export async function settle(
  world: FaultWorld,
  { flow, consumer, requestId }: Subject,
  { server, isOpen, seconds = 60 }: { server: Server; isOpen: boolean; seconds?: number },
): Promise<void> {
  const state = isOpen ? 'ACTIVE' : 'REMOVED';
  await waitFor(
    `${flow.name} to be ${state}`,
    async () => (await stateOf(world, server, requestId)).state === state,
    seconds,
  );
  const seen = await flow.read(consumer);
  const wanted = isOpen ? flow.open : flow.closed;
  if (seen !== wanted) throw new Error(`the consumer is shown ${String(seen)}, not ${wanted}`);
}

/** What was decided about a request: that it is access, or that it is none any more. */
export type Act = { subject: Subject; isGiving: boolean };

/** Approves a request that is made for it, or revokes one. */
export async function perform(world: FaultWorld, server: Server, { subject, isGiving }: Act): Promise<void> {
  if (isGiving) return void Object.assign(subject, await approve(world, server, subject));
  const { status } = await subject.flow.revoke(server, subject.requestId);
  if (status !== 204) throw new Error(`a revoke answered ${status}`);
}

/** Sentences about a claim that the catalog of the platform contradicts, before and after it was made. */
export async function untruth(world: FaultWorld, server: Server, { subject, isGiving }: Act): Promise<string[]> {
  const isOpen = async () => {
    const { rows } = await world.platform.superuser.query<{ is: boolean }>(
      `select has_table_privilege($1, $2, 'select') as is`,
      [subject.consumer.login.username, subject.flow.table],
    );
    return rows[0]?.is === true;
  };
  const before = await isOpen();
  const { state } = await stateOf(world, server, subject.requestId);
  const isClaimed = state === (isGiving ? 'ACTIVE' : 'REMOVED');
  return isClaimed && before !== isGiving && (await isOpen()) !== isGiving
    ? [`${state} was claimed and is not so`]
    : [];
}

/** Brings a request to where it is pending, or approved and access: the same one, or the next. */
export async function bringTo(
  world: FaultWorld,
  subject: Subject,
  { server, isApproved }: { server: Server; isApproved: boolean },
): Promise<void> {
  const { flow, consumer } = subject;
  const [row] = await world.query<{ status: string }>('select status from access_request where id = $1', [
    subject.requestId,
  ]);
  const status = row?.status;
  if (status === 'APPROVED' && isApproved) return;
  if (status === 'APPROVED') {
    await flow.revoke(server, subject.requestId);
    await settle(world, subject, { server, isOpen: false });
  }
  if (status !== 'PENDING') subject.requestId = await flow.ask(server, consumer);
  if (!isApproved) return;
  const { status: answer } = await decide(server, world.governor, subject.requestId);
  if (answer !== 200) throw new Error(`the approval before the fault answered ${answer}`);
  await settle(world, subject, { server, isOpen: true });
}
