import { type LiveEvent, type LiveEventType, streamEvents } from '@stoa/contract/event';
import type { QueryClient } from '@tanstack/react-query';
import { type Held, holdChanges } from './held-changes.ts';
import type { LiveMode } from './live-events.tsx';

const pollEveryMs = 15_000;
const gatherForMs = 200;

/** A change of one noun shows on pages that read another: a decided request changes its product's members. */
const shownBy: Readonly<Partial<Record<LiveEventType, readonly string[]>>> = {
  'access-request': ['access-request', 'data-product', 'asset', 'approval-record', 'access'],
  'approval-record': ['access-request', 'data-product', 'asset', 'approval-record', 'access'],
  provisioning: ['access-request', 'data-product', 'asset', 'access', 'connection'],
  membership: ['access-request', 'data-product', 'access', 'group'],
  'data-product': ['data-product', 'access-request', 'data-source'],
  // What masks the columns of a source shows wherever they are listed.
  'data-source': ['data-source', 'data-product', 'asset', 'access', 'domain', 'metadata'],
  'data-object': ['data-object', 'data-source', 'connection', 'asset'],
  connection: ['connection', 'data-object', 'data-source', 'task'],
  identity: ['connection', 'access-request', 'user'],
  drift: ['connection'],
  task: ['task', 'connection'],
  // A form's flow says who decides, and its questions are asked with the next request.
  'request-form': ['request-form', 'data-product', 'asset', 'access-request'],
  domain: ['domain', 'metadata', 'data-source'],
  // Policies say who reaches data and what is seen of it.
  policy: ['policy', 'simulate', 'data-product', 'asset', 'data-source', 'access'],
  tag: ['tag', 'tag-application', 'metadata', 'data-source', 'data-product', 'asset', 'domain'],
  identifier: ['identifier', 'domain'],
  identification: ['identification', 'identification-result', 'identification-proposal', 'identifier'],
  'data-use-agreement': ['data-use-agreement', 'request-form', 'data-product'],
  user: ['user', 'metadata', 'group', 'auth'],
  group: ['group', 'metadata', 'user'],
};

const nouns: Readonly<Record<LiveEventType, true>> = {
  'access-request': true,
  'approval-record': true,
  provisioning: true,
  membership: true,
  'data-product': true,
  'data-source': true,
  'data-object': true,
  'request-form': true,
  domain: true,
  policy: true,
  tag: true,
  identifier: true,
  identification: true,
  'data-use-agreement': true,
  connection: true,
  identity: true,
  drift: true,
  task: true,
  user: true,
  group: true,
  'people-change': true,
  settings: true,
  webhook: true,
  audit: true,
  verification: true,
  notification: true,
};
const isNoun = (value: unknown): value is LiveEventType => typeof value === 'string' && Object.hasOwn(nouns, value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the data of one server-sent event; anything else than an event of ours is passed over. Without zod: it runs everywhere. */
export function parseLiveEvent(data: unknown): LiveEvent | undefined {
  const event = typeof data === 'string' ? parseJson(data) : undefined;
  if (typeof event !== 'object' || event === null) return undefined;
  if (!('type' in event) || !('id' in event) || !('version' in event)) return undefined;
  const { type, id, version } = event;
  return isNoun(type) && typeof id === 'string' && typeof version === 'number' ? { type, id, version } : undefined;
}

/** Does a query of this path show a change of this noun? */
export function isShownBy(path: unknown, noun: LiveEventType): boolean {
  if (typeof path !== 'string') return false;
  const root = path.split('/')[2] ?? '';
  return (shownBy[noun] ?? [noun]).includes(root);
}

type Holding = ReturnType<typeof holdChanges>;

/** Reads again what the events touch; of lists that asked to be held what changes is only counted. */
export function applyEvents(client: QueryClient, events: readonly LiveEvent[], holding: Holding) {
  for (const noun of new Set(events.map((event) => event.type))) {
    const ofNoun = events.filter((event) => event.type === noun);
    void client.invalidateQueries({
      predicate: (query) => isShownBy(query.meta?.path, noun) && holding.isReadNow(query, ofNoun),
    });
  }
}

type Listener = {
  readonly onEvents: (events: readonly LiveEvent[]) => void;
  readonly onMode: (mode: LiveMode) => void;
};

/** One stream for the app; after two failures in a row it asks every 15 s, and tries the stream again each time. */
function listen(url: string, client: QueryClient, { onEvents, onMode }: Listener): () => void {
  let failures = 0;
  let source: EventSource | undefined;
  let gathered: LiveEvent[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    const events = gathered;
    gathered = [];
    gathering = undefined;
    onEvents(events);
  };
  const open = () => {
    source = new EventSource(url);
    source.onopen = () => {
      // What happened while nobody listened is read once.
      if (failures > 0) void client.invalidateQueries({ refetchType: 'active' });
      failures = 0;
      onMode('live');
    };
    source.onmessage = (message) => {
      const event = parseLiveEvent(message.data);
      if (event === undefined) return;
      gathered.push(event);
      gathering ??= setTimeout(flush, gatherForMs);
    };
    // It was read a moment before it changed, or too long ago: also where changes are held.
    source.addEventListener('again', ({ data }) => {
      const isShown = (path: unknown) => data === '*' || (isNoun(data) && isShownBy(path, data));
      void client.invalidateQueries({ predicate: (query) => isShown(query.meta?.path) });
    });
    source.onerror = () => {
      failures += 1;
      if (failures < 2 && source?.readyState !== EventSource.CLOSED) return;
      source?.close();
      source = undefined;
      onMode('polling');
    };
  };
  open();
  const poll = setInterval(() => {
    if (source !== undefined) return;
    void client.invalidateQueries({ refetchType: 'active' });
    open();
  }, pollEveryMs);
  return () => {
    clearInterval(poll);
    clearTimeout(gathering);
    source?.close();
  };
}

/** Hears of changes until it is stopped, and says what of them is held and how it hears. */
export function startLive(client: QueryClient, on: { onMode: (mode: LiveMode) => void; onHeld: (held: Held) => void }) {
  const holding = holdChanges(client, on.onHeld);
  const stopListening = listen(streamEvents.path, client, {
    onEvents: (events) => applyEvents(client, events, holding),
    onMode: on.onMode,
  });
  return {
    release: holding.release,
    stop: () => {
      stopListening();
      holding.stop();
    },
  };
}
