import {
  type EventType,
  eventTypes,
  operationalEventTypes,
  type ownEventTypes,
  type RequestEventName,
  type TargetEventName,
} from '@stoa/contract/event-type';

/** The types of events as the screens show them together. */
export const eventGroups = [
  { key: 'product', types: eventTypes.filter((type) => type.startsWith('marketplace.data_product.')) },
  { key: 'asset', types: eventTypes.filter((type) => type.startsWith('marketplace.asset.')) },
  {
    key: 'review',
    types: ['stoa.access_request.rerouted', 'stoa.access_request.columns_ended', 'stoa.steward.assigned'],
  },
  { key: 'own', types: [...operationalEventTypes, 'stoa.webhook.suppressed'] },
] as const satisfies readonly { key: string; types: readonly EventType[] }[];

type Words = RequestEventName | TargetEventName | (typeof ownEventTypes)[number];
/** What of a type tells the event, without what it is about: the texts are the same for products and assets. */
export const wordsOf = (type: EventType): Words =>
  // Of every type this leaves one of the words: the list of types is made of them.
  type.replace(/^marketplace\.(data_product|asset)\.(access_requests\.)?/, '') as Words;
