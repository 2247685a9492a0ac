import * as access from '@stoa/contract/scim-access';
import * as scim from '@stoa/contract/scim';
import type { Operation } from '@stoa/contract/operation';
import { scimType } from '@stoa/contract/scim-path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { asRefusal } from '../../http/as-refusal.ts';
import { refusalOfConstraint } from '../../http/constraints.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { type RawRoute, type Route, rawRoute, route } from '../../http/route.ts';
import { toScimError } from '../../http/scim-error.ts';
import { endAccess, readAccess, renewToken, setAccess } from './access.ts';
import { resourceTypes, schemas, serviceProvider, whole } from './discovery.ts';
import { findKeptGroup, membersOf, searchKeptGroups } from './find-groups.ts';
import { findKept, searchKept } from './find-kept.ts';
import { presentGroup } from './group-resource.ts';
import { isShown, listOf, readSearch, readShown, shownOf } from './read-query.ts';
import { findSource, type FromDirectory } from './source.ts';
import { presentUser } from './user-resource.ts';
import { changeGroup, createGroup, deleteGroup, replaceGroup } from './write-groups.ts';
import { changeUser, createUser, deleteUser, replaceUser } from './write-users.ts';

type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body?: Json; readonly location?: string };
type Answering = (from: FromDirectory, request: FastifyRequest) => Promise<Answer>;

/** Answers a directory that has proved itself; what is refused to it is noted for whoever looks after the provider. */
const answered = (operation: Operation, answer: Answering): RawRoute =>
  rawRoute(operation, async ({ deps, call }, request, reply) => {
    const source = await findSource(deps, request);
    try {
      return send(reply, await answer({ deps, source, call }, request));
    } catch (error) {
      const refusal = refusalOfConstraint(error) ?? error;
      const { detail } = toScimError(asRefusal(refusal instanceof Error ? refusal : new Error('thrown')));
      // What directories look for before they make it is no trouble.
      if (!(refusal instanceof Refusal && refusal.code === 'resource.not_found'))
        await sql`update scim_access set last_refused_at = now(), last_refusal = ${`${operation.id}: ${detail.slice(0, 1_000)}`}
          where provider_id = ${source.id}`.execute(deps.db);
      throw refusal;
    }
  });

function send(reply: FastifyReply, { status, body, location }: Answer): FastifyReply {
  reply.code(status);
  if (location !== undefined) reply.header('location', location);
  if (body === undefined) return reply.send();
  return reply.header('content-type', `${scimType}; charset=utf-8`).send(JSON.stringify(body));
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;
const ok = (body: Json): Answer => ({ status: 200, body });
const made = (body: Json): Answer => ({
  status: 201,
  body,
  location: String((body['meta'] as { location: string }).location),
});

async function showUser({ deps, source }: FromDirectory, id: string, query: unknown = {}): Promise<Json> {
  const shown = readShown(query);
  const row = await findKept(deps.db, source.id, id);
  if (row === undefined) throw notFound('user');
  return shownOf(shown, presentUser(row, publicUrlOf(deps)));
}

async function showGroup({ deps, source }: FromDirectory, id: string, query: unknown = {}): Promise<Json> {
  const shown = readShown(query);
  const group = await findKeptGroup(deps.db, source.id, id);
  if (group === undefined) throw notFound('group');
  const members = isShown(shown, 'members') ? await membersOf(deps.db, source.id, [group.id]) : undefined;
  return shownOf(shown, presentGroup(group, members?.get(group.id), publicUrlOf(deps)));
}

async function searchUsers({ deps, source }: FromDirectory, query: unknown): Promise<Json> {
  const [search, shown] = [readSearch(query), readShown(query)];
  const found = await searchKept(deps.db, source.id, search);
  return listOf(found, search, (row) => shownOf(shown, presentUser(row, publicUrlOf(deps))));
}

async function searchGroups({ deps, source }: FromDirectory, query: unknown): Promise<Json> {
  const [search, shown] = [readSearch(query), readShown(query)];
  const found = await searchKeptGroups(deps.db, source.id, search);
  const ids = found.rows.map((row) => row.id);
  const members = isShown(shown, 'members') ? await membersOf(deps.db, source.id, ids) : undefined;
  return listOf(found, search, (row) => shownOf(shown, presentGroup(row, members?.get(row.id), publicUrlOf(deps))));
}

const oneOf = (resources: readonly Json[], request: FastifyRequest): Answer => {
  const id = idOf(request).toLowerCase();
  const found = resources.find((one) => String(one['id']).toLowerCase() === id);
  if (found === undefined) throw notFound('resource');
  return ok(found);
};

const { scimUser: user, scimGroup: group } = scim;

/** What directories call. */
const directoryRoutes: readonly RawRoute[] = [
  answered(scim.readScimProvider, async ({ deps }) => ok(serviceProvider(publicUrlOf(deps)))),
  answered(scim.listScimResourceTypes, async ({ deps }) => ok(whole(resourceTypes(publicUrlOf(deps))))),
  answered(scim.readScimResourceType, async ({ deps }, request) => oneOf(resourceTypes(publicUrlOf(deps)), request)),
  answered(scim.listScimSchemas, async ({ deps }) => ok(whole(schemas(publicUrlOf(deps))))),
  answered(scim.readScimSchema, async ({ deps }, request) => oneOf(schemas(publicUrlOf(deps)), request)),
  answered(user.search, async (from, { query }) => ok(await searchUsers(from, query))),
  answered(user.create, async (from, { body }) => made(await showUser(from, await createUser(from, body)))),
  answered(user.read, async (from, request) => ok(await showUser(from, idOf(request), request.query))),
  answered(user.replace, async (from, request) => {
    await replaceUser(from, idOf(request), request.body);
    return ok(await showUser(from, idOf(request)));
  }),
  answered(user.patch, async (from, request) => {
    await changeUser(from, idOf(request), request.body);
    return ok(await showUser(from, idOf(request)));
  }),
  answered(user.remove, async (from, request) => {
    await deleteUser(from, idOf(request));
    return { status: 204 };
  }),
  answered(group.search, async (from, { query }) => ok(await searchGroups(from, query))),
  answered(group.create, async (from, { body }) => made(await showGroup(from, await createGroup(from, body)))),
  answered(group.read, async (from, request) => ok(await showGroup(from, idOf(request), request.query))),
  answered(group.replace, async (from, request) => {
    await replaceGroup(from, idOf(request), request.body);
    return ok(await showGroup(from, idOf(request)));
  }),
  answered(group.patch, async (from, request) => {
    await changeGroup(from, idOf(request), request.body);
    // Thousands of members are not said again with each that joins.
    return { status: 204 };
  }),
  answered(group.remove, async (from, request) => {
    await deleteGroup(from, idOf(request));
    return { status: 204 };
  }),
];

export const scimRoutes: readonly (Route | RawRoute)[] = [
  route(access.readScimAccess)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await readAccess(deps, actor, params.id),
  })),
  route(access.setScimAccess, { answersSecret: true })(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await setAccess(deps, { id: params.id, body }, { actor, call }),
  })),
  route(access.renewScimToken, { answersSecret: true })(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: await renewToken(deps, params.id, { actor, call }),
  })),
  route(access.endScimAccess)(async ({ deps, actor, params, call }) => {
    await endAccess(deps, params.id, { actor, call });
    return { status: 204 };
  }),
  ...directoryRoutes,
];
