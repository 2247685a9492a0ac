import { z } from 'zod';
import { Refusal } from '../../http/refusal.ts';

const token = z.object({ key: z.string().max(1_000), id: z.string().max(64), isCorrected: z.boolean().optional() });
/** Where a page ended: the sort key and the id of its last row. */
export type PageToken = z.infer<typeof token>;

export const writeToken = (place: PageToken): string => Buffer.from(JSON.stringify(place)).toString('base64url');

export function readToken(text: string | undefined): PageToken | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return token.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof z.ZodError)
      throw new Refusal('request.malformed', {
        detail: 'nextToken is not one that a page of this list gave.',
        errors: [{ path: 'query.nextToken', message: 'is not a token of this list' }],
      });
    throw cause;
  }
}
