import type { Deps } from '../deps.ts';
import { emailChannel } from './email-channel.ts';
import { slackChannel } from './slack-channel.ts';
import type { MessageChannel } from './message-channel.ts';
import { teamsChannel } from './teams-channel.ts';

/** Every road by which messages leave; each has a sending loop of its own, so that none waits for another. */
export const messageChannels = (deps: Deps): readonly MessageChannel[] => [
  emailChannel(deps),
  slackChannel(deps),
  teamsChannel(deps),
];
