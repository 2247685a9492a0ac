import { z } from 'zod';
import { parseJson } from './parse-json.ts';

const who = {
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
};

const blockActions = z.object({
  ...who,
  type: z.literal('block_actions'),
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional(), channel_id: z.string().optional() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});
export type BlockActions = z.infer<typeof blockActions>;

/** The three elements that our dialogs have. */
const inputValue = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
});
const viewSubmission = z.object({
  ...who,
  type: z.literal('view_submission'),
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), inputValue)) }),
  }),
});
export type ViewSubmission = z.infer<typeof viewSubmission>;

/** Slack sends others as well, which ask for nothing. */
const another = z.object({ ...who, type: z.string() });
const interaction = z.union([blockActions, viewSubmission, another]);
export type Interaction = z.infer<typeof interaction>;

/** What somebody did at Slack: `payload` of a form, as JSON. Undefined when it has no such form. */
export function parseInteraction(body: Buffer): Interaction | undefined {
  const payload = new URLSearchParams(body.toString('utf8')).get('payload');
  return payload === null ? undefined : interaction.safeParse(parseJson(payload)).data;
}

export const isBlockActions = (one: Interaction): one is BlockActions => blockActions.safeParse(one).success;
export const isSubmission = (one: Interaction): one is ViewSubmission => viewSubmission.safeParse(one).success;
