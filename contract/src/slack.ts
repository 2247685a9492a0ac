import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, line } from './text.ts';

export const slackConfiguration = z.object({
  isConfigured: z.boolean(),
  configuration: z.object({
    teamName: z.string().optional(),
    teamId: z.string().optional(),
    botUserId: z.string().optional(),
    enterpriseName: z.string().optional(),
    enterpriseId: z.string().optional(),
  }),
});
export type SlackConfiguration = z.infer<typeof slackConfiguration>;

const access = { action: 'slack.manage' } as const;

export const getSlackConfiguration = operation({
  id: 'getSlackConfiguration',
  method: 'GET',
  path: '/api/notification/slack/configuration',
  summary: 'Whether Slack is installed.',
  access,
  published: 51,
  responses: { 200: slackConfiguration },
});

export const deleteSlackConfiguration = operation({
  id: 'deleteSlackConfiguration',
  method: 'DELETE',
  path: '/api/notification/slack/configuration',
  summary: 'Removes Slack.',
  access,
  published: 52,
  responses: { 200: null },
});

export const testSlackConnection = operation({
  id: 'testSlackConnection',
  method: 'GET',
  path: '/api/notification/slack/test',
  summary: 'Whether Slack answers.',
  access,
  published: 53,
  responses: { 200: z.object({ isValid: z.boolean(), errorMessage: z.string().optional() }) },
});

/** Ours: the app at Slack that this installation acts through. Its secrets are written, never read. */
export const slackApp = z
  .object({
    clientId: z.string().nullable(),
    hasSecrets: z.boolean(),
    /** Where Slack's API is called; the operator sets it. */
    apiUrl: z.url(),
    /** Where a workspace admin makes the app, and where its secrets are found afterwards. */
    appsUrl: z.url(),
    /** What the app has to know of this installation. */
    redirectUrl: z.url(),
    interactionUrl: z.url(),
    /** The app as a manifest to paste at Slack. */
    manifest: z.string(),
    /** When Slack last sent a signed interaction; null before the first. */
    lastInteractionAt: instant.nullable(),
    installedAt: instant.nullable(),
    /** What Slack said to the last message that it refused, and when. */
    lastFailure: z.object({ error: z.string(), at: instant }).nullable(),
  })
  .meta({ id: 'SlackApp' });
export type SlackApp = z.infer<typeof slackApp>;

const secret = line(255, 8);
/** The secrets may be left out when they stay as they are, and the client id with them. */
export const setSlackAppBody = z.strictObject({
  clientId: line(100),
  clientSecret: secret.optional(),
  signingSecret: secret.optional(),
});
export type SetSlackAppBody = z.infer<typeof setSlackAppBody>;

export const getSlackApp = operation({
  id: 'getSlackApp',
  method: 'GET',
  path: '/api/notification/slack/app',
  summary: 'The app at Slack, and what it has to know of this installation.',
  access,
  responses: { 200: slackApp },
  unedited: ['lastInteractionAt', 'lastFailure'],
});

export const setSlackApp = operation({
  id: 'setSlackApp',
  method: 'PUT',
  path: '/api/notification/slack/app',
  summary: 'Stores the credentials of the app at Slack.',
  access,
  freshLogin: true,
  body: setSlackAppBody,
  responses: { 200: slackApp },
});

export const startSlackInstall = operation({
  id: 'startSlackInstall',
  method: 'POST',
  path: '/api/notification/slack/install',
  summary: 'Begins "Add to Slack": answers the address at Slack to go to.',
  access,
  responses: { 200: z.object({ url: z.url() }) },
});

export const completeSlackInstall = operation({
  id: 'completeSlackInstall',
  method: 'GET',
  path: '/api/notification/slack/callback',
  summary: 'Where Slack sends the browser back to; leads on to the settings.',
  access: { public: true },
  query: z.object({ code: z.string().optional(), state: z.string().optional(), error: z.string().optional() }),
  responses: { 302: null },
});

export const receiveSlackInteraction = operation({
  id: 'receiveSlackInteraction',
  method: 'POST',
  path: '/api/notification/slack/interaction',
  summary: 'What people do in Slack, as Slack sends it: signed with the secret of the app.',
  access: { public: true },
  body: z.object({ payload: z.string() }),
  bodyType: 'application/x-www-form-urlencoded',
  responses: { 200: z.object({}) },
});

/** All of them, for the list of operations. */
export const slackOperations = {
  getSlackConfiguration,
  deleteSlackConfiguration,
  testSlackConnection,
  getSlackApp,
  setSlackApp,
  startSlackInstall,
  completeSlackInstall,
  receiveSlackInteraction,
} as const;
