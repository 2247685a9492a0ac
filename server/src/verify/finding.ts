/** The properties of which Stoa says that they hold, in the order in which they are told. */
export const invariants = [
  {
    id: 'I1',
    name: 'Exactness',
    says: 'People have on the platform what the stored facts give them: nothing is missing, nothing is extra.',
  },
  { id: 'I2', name: 'No outliving', says: 'No access outlives its end.' },
  { id: 'I3', name: 'No early end', says: 'No access ends before its time.' },
  { id: 'I4', name: 'Nothing lost', says: 'Each determination is there once, with its audit event and its event.' },
  { id: 'I5', name: 'Status', says: 'The status of a request follows from its records.' },
  {
    id: 'I6',
    name: 'At most once',
    says: 'One active access per request and object, one final determination per request.',
  },
  {
    id: 'I7',
    name: 'Delivery',
    says: 'Each event has been delivered to each webhook that asked for it, or is on its way, or is dead-lettered.',
  },
  {
    id: 'I8',
    name: 'Inbox and messages',
    says: 'Who is notified is notified once; messages are sent, retrying or dead-lettered.',
  },
  { id: 'I9', name: 'Audit', says: 'Each change of state has its audit event, and the trail is whole.' },
  { id: 'I10', name: 'Separation', says: 'Nobody decided a request of their own.' },
  { id: 'I11', name: 'Guardrails', says: 'Nobody outside a guardrail has access, whatever was approved.' },
  { id: 'I12', name: 'Provenance', says: 'Every privilege that Stoa gave has a cause that lives.' },
  { id: 'I13', name: 'Secrets', says: 'No canary secret stands in clear where it must not.' },
  { id: 'I14', name: 'Isolation', says: 'What belongs to a domain or connection points to nothing of another.' },
  { id: 'I15', name: 'Idempotency', says: 'A repeated call had one effect.' },
] as const;

export type InvariantId = (typeof invariants)[number]['id'];
export const invariantIds: readonly InvariantId[] = invariants.map(({ id }) => id);

/** `missing`: it should be there. `extra`: it should not. `wrong`: it is there and not as it should be. */
export type Direction = 'missing' | 'extra' | 'wrong';

export type Finding = {
  readonly invariant: InvariantId;
  readonly direction: Direction;
  /** Whom or what it is about, in words: a login, a request, a delivery. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** A connection and an object on it, or a table of ours. */
  readonly where: string;
  /** Since when it should have been otherwise; null when nothing tells. */
  readonly since: Date | null;
  /** What to do next. */
  readonly next: string;
  readonly requestId?: string;
  readonly connectionKey?: string;
};

/** Something that was not looked at, and why. An invariant with one of these is never reported as held. */
export type Unchecked = { readonly what: string; readonly why: string };

/** What one look at some invariants came to. */
export type Checked = {
  readonly invariant: InvariantId;
  /** How many things were looked at. */
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
  /** What is worth knowing and violates nothing. */
  readonly notes: readonly string[];
  /** It was left out because nothing was given to check it with: neither held nor a failure to check. */
  readonly isNotAsked?: boolean;
};

/** What makes a finding the same one in the next look. */
export const findingKey = (finding: Finding): string =>
  JSON.stringify([finding.invariant, finding.direction, finding.subject, finding.where, finding.requestId ?? '']);
