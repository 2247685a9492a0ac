import { z } from 'zod';

const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const markedText = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });
const anyText = (max: number) => z.union([plainText(max), markedText(max)]);
const blockId = { block_id: z.string().max(255).optional() };
const actionId = { action_id: z.string().min(1).max(255) };

const button = z.strictObject({
  type: z.literal('button'),
  ...actionId,
  text: plainText(75),
  value: z.string().max(2_000).optional(),
  url: z.url().max(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const option = z.strictObject({ text: plainText(75), value: z.string().min(1).max(150) });
const inputElement = z.union([
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...actionId,
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3_000).optional(),
    max_length: z.int().min(1).max(3_000).optional(),
    initial_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('number_input'),
    ...actionId,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    initial_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('static_select'),
    ...actionId,
    options: z.array(option).min(1).max(100),
    initial_option: option.optional(),
  }),
]);

const block = z.union([
  z.strictObject({ type: z.literal('header'), ...blockId, text: plainText(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      ...blockId,
      text: anyText(3_000).optional(),
      fields: z.array(anyText(2_000)).min(1).max(10).optional(),
    })
    .refine((one) => one.text !== undefined || one.fields !== undefined),
  z.strictObject({ type: z.literal('context'), ...blockId, elements: z.array(anyText(2_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), ...blockId, elements: z.array(button).min(1).max(25) }),
  z.strictObject({
    type: z.literal('input'),
    ...blockId,
    label: plainText(2_000),
    element: inputElement,
    hint: plainText(2_000).optional(),
    optional: z.boolean().optional(),
  }),
]);

/** The blocks that messages take, with the limits of the Block Kit reference. */
export const messageBlocks = z.array(block).min(1).max(50);

/** A modal, with the limits of the reference on views; one with inputs needs a button to submit them. */
export const modalView = z
  .strictObject({
    type: z.literal('modal'),
    callback_id: z.string().max(255).optional(),
    private_metadata: z.string().max(3_000).optional(),
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    blocks: z.array(block).min(1).max(100),
  })
  .refine((view) => view.submit !== undefined || view.blocks.every((one) => one.type !== 'input'));
export type ModalView = z.infer<typeof modalView>;
