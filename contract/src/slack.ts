import { z } from 'zod';
import { operation } from './operation.ts';

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
