import { tellPeople } from '../features/notification/tell-people.ts';
import { markMessages } from '../features/slack/rewrite-messages.ts';
import { writeDeliveries } from '../features/webhook/write-deliveries.ts';
import { countRequests } from '../features/system/count-requests.ts';
import type { EventSubscriber } from './fan-out.ts';

/** Who is told of what happened, in the order in which their rows are written. */
export const eventSubscribers: readonly EventSubscriber[] = [tellPeople, markMessages, writeDeliveries, countRequests];
