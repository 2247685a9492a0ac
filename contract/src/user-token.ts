import { z } from 'zod';
import { personalAccessToken } from './auth.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { uuid } from './text.ts';

export const listUserTokens = operation({
  id: 'listUserTokens',
  method: 'GET',
  path: '/api/user/{globalUserId}/token',
  summary: 'The personal access tokens of somebody else, the newest first.',
  access: { action: 'user.manage' },
  params: z.object({ globalUserId: uuid }),
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(personalAccessToken) },
});

export const deleteUserToken = operation({
  id: 'deleteUserToken',
  method: 'DELETE',
  path: '/api/user/{globalUserId}/token/{id}',
  summary: 'Ends a personal access token of somebody else, from the next call on.',
  access: { action: 'user.manage' },
  freshLogin: true,
  params: z.object({ globalUserId: uuid, id: uuid }),
  responses: { 204: null },
});
