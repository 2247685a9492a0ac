import { amount, day, digits, moment, mostly, pick, reference, roll } from './expressions.ts';
import type { Sizes } from './sizes.ts';
import type { SchemaSpec, TableSpec } from './table.ts';
import * as vocabulary from './vocabulary.ts';

const id = (what: string) => ['id', 'integer', 'i', `Number of the ${what}.`] as const;
const agentCount = 48;

export function describeSupport(sizes: Sizes): SchemaSpec {
  return {
    name: 'support',
    comment: 'Tickets of the customer service, copied hourly.',
    tables: describeTickets(sizes),
    views: [
      {
        name: 'open_tickets',
        comment: 'Tickets that wait for an answer.',
        query: `select t.id, t.subject, t.priority, t.opened_at, a.name as agent
          from support.tickets t join support.agents a on a.id = t.agent_id where t.status = 'open'`,
      },
    ],
  };
}

function describeTickets({ customers, tickets, scaled }: Sizes): TableSpec[] {
  return [
    {
      name: 'agents',
      comment: 'People of the service team.',
      rows: agentCount,
      columns: [
        id('agent'),
        [
          'name',
          'text',
          `${pick(vocabulary.firstNames, 311)} || ' ' || ${pick(vocabulary.lastNames, 312)}`,
          'Name shown to customers.',
        ],
        ['team', 'text', pick(['phone', 'mail', 'chat'], 313), 'Channel.'],
      ],
    },
    {
      name: 'tickets',
      comment: 'Requests of customers.',
      rows: tickets,
      columns: [
        id('ticket'),
        ['customer_id', 'integer not null', reference(customers, 321), 'Who asked.'],
        ['agent_id', 'integer not null', reference(agentCount, 322), 'Who answers.'],
        ['subject', 'text', pick(vocabulary.ticketSubjects, 323), 'Subject.'],
        ['priority', 'text', pick(['low', 'normal', 'normal', 'high', 'urgent'], 324), 'low, normal, high or urgent.'],
        [
          'status',
          'text',
          pick(['closed', 'closed', 'closed', 'closed', 'open', 'waiting'], 325),
          'open, waiting or closed.',
        ],
        ['opened_at', 'timestamptz', moment('2023-01-01', 1_270, 326), 'When it came in.'],
      ],
      references: { customer_id: 'sales.customers', agent_id: 'support.agents' },
    },
    {
      name: 'ticket_messages',
      comment: 'What was written. Free text may hold personal data.',
      rows: scaled(28_000),
      columns: [
        id('message'),
        ['ticket_id', 'integer not null', reference(tickets, 331), 'Ticket.'],
        ['author', 'text', pick(['customer', 'agent'], 332), 'Which side wrote it.'],
        ['body', 'text', pick(vocabulary.messageTexts, 333), 'Text.'],
        ['sent_at', 'timestamptz', moment('2023-01-01', 1_275, 334), 'When.'],
      ],
      references: { ticket_id: 'support.tickets' },
    },
    {
      name: 'satisfaction',
      comment: 'Answers to the survey after a ticket.',
      rows: scaled(6_000),
      columns: [
        ['ticket_id', 'integer not null', reference(tickets, 341), 'Ticket.'],
        ['stars', 'integer', `(1 + ${roll(5, 342)})::int`, '1 to 5.'],
        ['answered_on', 'date', day('2023-01-05', 1_270, 343), 'Day of the answer.'],
      ],
      references: { ticket_id: 'support.tickets' },
    },
    {
      name: 'sla_targets',
      comment: 'Promised times per priority.',
      rows: 4,
      columns: [
        ['priority', 'text', `(array['low','normal','high','urgent'])[i]`, 'Priority.'],
        ['first_answer_hours', 'integer', '(array[48, 24, 8, 2])[i]', 'Hours until the first answer.'],
      ],
    },
  ];
}

export function describeWeb({ customers, sessions, scaled }: Sizes): SchemaSpec {
  return {
    name: 'web',
    comment: 'Behaviour on the web shop; kept for 13 months.',
    tables: [
      {
        name: 'sessions',
        comment: 'Visits.',
        rows: sessions,
        columns: [
          id('session'),
          ['customer_id', 'integer', mostly(45, reference(customers, 411), 412), 'Customer, when signed in.'],
          ['ip_address', 'inet', `('203.0.113.' || ${roll(256, 413)})::inet`, 'Address of the visitor. Personal data.'],
          ['browser', 'text', pick(vocabulary.browsers, 414), 'Browser.'],
          ['started_at', 'timestamptz', moment('2025-06-01', 390, 415), 'First page.'],
        ],
      },
      {
        name: 'events',
        comment: 'Clicks and page views.',
        rows: scaled(50_000),
        columns: [
          id('event'),
          ['session_id', 'integer not null', reference(sessions, 421), 'Visit.'],
          ['kind', 'text', pick(['view', 'view', 'view', 'click', 'add to cart', 'search'], 422), 'What happened.'],
          ['path', 'text', pick(vocabulary.pagePaths, 423), 'Page.'],
          [
            'details',
            'jsonb',
            `jsonb_build_object('scroll', ${roll(100, 424)}, 'ms', ${roll(30_000, 425)})`,
            'Measurements.',
          ],
          ['happened_at', 'timestamptz', moment('2025-06-01', 390, 426), 'When.'],
        ],
        references: { session_id: 'web.sessions' },
      },
      {
        name: 'carts_abandoned',
        comment: 'Carts that nobody paid for.',
        rows: scaled(5_000),
        columns: [
          ['session_id', 'integer not null', reference(sessions, 431), 'Visit.'],
          ['value', 'numeric(10,2)', amount(10, 2_000, 432), 'Euro in the cart.'],
          ['voucher', 'text', mostly(20, `'V' || ${digits(6, 433)}`, 434), 'Voucher tried.'],
        ],
        references: { session_id: 'web.sessions' },
      },
      {
        name: 'consents',
        comment: 'What visitors agreed to.',
        rows: scaled(15_000),
        columns: [
          ['session_id', 'integer not null', reference(sessions, 441), 'Visit.'],
          ['purpose', 'text', pick(['necessary', 'statistics', 'marketing'], 442), 'Purpose.'],
          ['given', 'boolean', `${roll(3, 443)} > 0`, 'Whether they agreed.'],
        ],
        references: { session_id: 'web.sessions' },
      },
    ],
    views: [
      {
        name: 'daily_visits',
        comment: 'Visits per day, without personal data.',
        query: 'select started_at::date as day, browser, count(*) as visits from web.sessions group by 1, 2',
      },
    ],
  };
}
