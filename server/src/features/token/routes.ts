import * as auth from '@stoa/contract/auth';
import { userActor } from '../../audit/user-actor.ts';
import { notFound } from '../../http/refusal.ts';
import { type Route, route } from '../../http/route.ts';
import { createToken } from './create-token.ts';
import { endToken } from './end-token.ts';
import { presentToken, tokensOf } from './queries.ts';

export const tokenRoutes: readonly Route[] = [
  route(auth.listTokens)(async ({ deps, actor }) => ({
    status: 200,
    body: (await tokensOf(deps.db, actor.globalUserId)).map((row) => presentToken(deps, row)),
  })),
  route(auth.getToken)(async ({ deps, actor, params }) => {
    const row = (await tokensOf(deps.db, actor.globalUserId)).find((token) => token.id === params.id);
    if (!row) throw notFound('token');
    return { status: 200, body: presentToken(deps, row) };
  }),
  route(auth.createToken, { answersSecret: true })(async ({ deps, actor, body, call }) => ({
    status: 200,
    body: await createToken(deps, {
      owner: actor,
      actor: userActor(actor),
      description: body.description,
      expirationDate: body.expirationDate,
      call,
    }),
  })),
  route(auth.deleteToken)(async ({ deps, actor, params, call }) => {
    await endToken(deps, { id: params.id, actor, call, ownerOf: async () => actor });
    return { status: 200 };
  }),
];
