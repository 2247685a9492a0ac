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

/** Waits until the platform has been brought to where the request stands, and until the consumer's own session sees it. */
export async function settle(
  world: FaultWorld,
  { flow, consumer, requestId }: Subject,
  { server, isOpen, seconds = 60 }: { server: Server; isOpen: boolean; seconds?: number },
): Promise<void> {
  const state = isOpen ? 'ACTIVE' : 'REMOVED';
  await waitFor(
    `${flow.name} to be ${state}`,
    async () => {
      const { body } = await at(server, world.governor).call(getAccessRequestProvisioning, {
        params: { id: requestId },
      });
      return body.state === state;
    },
    seconds,
  );
  const seen = await flow.read(consumer);
  const wanted = isOpen ? flow.open : flow.closed;
  if (seen !== wanted) throw new Error(`the consumer is shown ${String(seen)}, not ${wanted}`);
}
