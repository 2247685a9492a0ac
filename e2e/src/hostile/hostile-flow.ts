import type { FormFlow, Reviewer, TargetFlow } from '@stoa/contract/review-flow';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Words } from './store-words.ts';
import type { Writer } from './writer.ts';

type Given = { readonly reviewer: TestPerson; readonly words: Words };

/** Each names somebody who can decide. */
export const reviewersOf = (writer: Writer, { reviewer, words }: Given): Reviewer[] => [
  { type: 'USER', id: reviewer.globalUserId, displayName: writer.line() },
  { type: 'GROUP', id: words.group.id, name: words.group.name, iamId: writer.line() },
  { type: 'ATTRIBUTE', key: words.attribute.name, value: words.attribute.value },
];

/** A flow of a product or an asset in which each text is hostile; in the end somebody decides. */
export function hostileFlow(writer: Writer, given: Given): TargetFlow {
  // Payloads come again: without a word of its own somebody would hold such an attribute.
  const never = {
    fact: 'userAttributes',
    path: `$.${writer.line(100)}`,
    operator: 'contains',
    value: `never ${writer.line(200)}`,
  };
  return {
    version: writer.line(64),
    rules: [
      { conditions: { all: [never] }, event: { type: 'approve', params: { comment: writer.text(2_000, 5) } } },
      {
        conditions: { all: [never] },
        event: {
          type: 'review',
          params: { stages: [{ any: reviewersOf(writer, given) }, { all: reviewersOf(writer, given) }] },
        },
      },
    ],
    defaultEvent: { type: 'review', params: { stages: [{ any: reviewersOf(writer, given) }] } },
  };
}

/** As above with a stage that wants everybody; nobody can decide it alone. */
export function flowOfAll(writer: Writer, given: Given): TargetFlow {
  return {
    ...hostileFlow(writer, given),
    defaultEvent: { type: 'review', params: { stages: [{ all: reviewersOf(writer, given) }] } },
  };
}

/** Approves by itself, and says why in hostile words. */
export function approvingFlow(writer: Writer): TargetFlow {
  return { rules: [], defaultEvent: { type: 'approve', params: { comment: writer.text(3_000, 8) } } };
}

/** The flow of a form; its default leaves the decision to the product. */
export function formFlow(writer: Writer, given: Given): FormFlow {
  return { ...hostileFlow(writer, given), defaultEvent: { type: 'dataProductPolicy' } };
}
