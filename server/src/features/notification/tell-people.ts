import { toldKey, whoIsTold } from '@stoa/core/notification/who-is-told';
import type { EventSubscriber, OutboxEvent } from '../../work/fan-out.ts';
import { type Known, loadKnown } from './load-known.ts';
import { circleOf, happeningOf } from './circle.ts';
import { factsOf, type Reader } from './message-facts.ts';
import { type ToWrite, writeMessages } from './write-messages.ts';

/**
 * Writes what happened into the inboxes of those who are to know, and what is to leave by e-mail and the other channels. It is
 * part of the fan-out's transaction, so that whoever is told is told exactly once.
 */
export const tellPeople: EventSubscriber = async ({ deps, tx, after }, events) => {
  const known = await loadKnown(deps, tx, events);
  const messages: ToWrite[] = [];
  for (const event of events) messages.push(...(await messagesOf(known, event)));
  const receivers = await writeMessages(deps, tx, messages);
  for (const globalUserId of receivers) after.changed('notification', globalUserId);
};

async function messagesOf(known: Known, event: OutboxEvent): Promise<ToWrite[]> {
  const happening = happeningOf(known, event);
  if (happening === null) return [];
  const told = whoIsTold(happening, await circleOf(known, event, happening), known.actorOf(event));
  const types = [...new Set(told.map(({ type }) => type))];
  for (const { type, globalUserId } of told) remember(known, event, toldKey(type, globalUserId));
  return types.map((type) => ({
    type,
    eventId: event.id,
    requestId: event.requestId,
    targetId: event.targetId,
    receivers: told.flatMap((one) => (one.type === type ? [one.globalUserId] : [])),
    factsFor: (reader: Reader) => factsOf(known, event, { type, ...reader }),
  }));
}

/** What comes later in the same batch must not be told a second time. */
function remember(known: Known, event: OutboxEvent, key: string): void {
  const about = event.requestId ?? '';
  known.toldBefore.set(about, new Set([...(known.toldBefore.get(about) ?? []), key]));
  if (event.targetId !== null && key.startsWith('PROVISIONING_FAILED'))
    known.toldLately.set(event.targetId, new Set([...(known.toldLately.get(event.targetId) ?? []), key]));
}
