import type { EventType } from '@stoa/contract/event-type';

/** One event as the operation states it: what was true then, in ids and states. Names are read when somebody is told. */
export type Emission = {
  readonly type: EventType;
  readonly requestId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly domainId?: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
};
