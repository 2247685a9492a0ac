import { streamEvents } from '@stoa/contract/event';
import type { LiveEventRow } from '../../work/live-events.ts';
import { type RawRoute, rawRoute } from '../../http/route.ts';

const heartbeatMilliseconds = 20_000;
/** A stream ends after this long; the browser opens a new one, and its login is checked again. */
const streamMilliseconds = 10 * 60_000;

export const eventRoutes: readonly RawRoute[] = [
  rawRoute(streamEvents, async ({ deps }, request, reply) => {
    const last = Number(request.headers['last-event-id']);
    const missed = Number.isSafeInteger(last) && last > 0 ? await deps.live.since(last) : [];
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    const write = (event: LiveEventRow) =>
      stream.write(
        `id: ${event.sequence}\ndata: ${JSON.stringify({ type: event.type, id: event.id, version: event.sequence })}\n\n`,
      );
    stream.write('retry: 2000\n\n');
    // Too much was missed to tell piece by piece: the page reads everything again.
    if (missed === undefined) stream.write('event: reload\ndata: {}\n\n');
    for (const event of missed ?? []) write(event);
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMilliseconds);
    const end = setTimeout(() => stream.end(), streamMilliseconds);
    const unsubscribe = deps.live.subscribe(write, () => stream.end());
    stream.on('close', () => {
      clearInterval(heartbeat);
      clearTimeout(end);
      unsubscribe();
    });
    return reply;
  }),
];
