import type { EvidenceSource, Evidence, HardSignal } from '@stoa/contract/evidence';
import { daysOf } from '@stoa/core/duration/duration';
import { listed } from '@stoa/core/listed';
import { isSamePerson } from '@stoa/core/person';
import { sourcesMet } from '@stoa/core/review/matches-source';
import type { SensitiveData } from '../tag/sensitivity.ts';
import type { Parties } from './evidence-people.ts';
import type { LoadedRequest } from './load-requests.ts';
import { answerWords } from './evidence-answers.ts';

type Seen = {
  request: LoadedRequest;
  parties: Parties;
  sources: readonly EvidenceSource[];
  findings: Evidence['findings'];
  maskingColumns: Evidence['maskingColumns'];
  medianDays: number | null;
  sensitivity: SensitiveData | null;
};

/** Facts that no statistics outweigh, the gravest first. */
export function findSignals(seen: Seen): HardSignal[] {
  const order = ['stop', 'warn', 'info'];
  return [...aboutPeople(seen), ...aboutAccess(seen), ...aboutMasks(seen), ...aboutSensitivity(seen)].toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
}

function aboutPeople({ request, parties: { people } }: Seen): HardSignal[] {
  const { requester, beneficiary } = people;
  const signals: HardSignal[] = [];
  if (beneficiary.status === 'disabled')
    signals.push({
      code: 'inactive_account',
      severity: 'stop',
      text: `The account of ${beneficiary.name} is disabled.`,
    });
  if (!isSamePerson(requester, beneficiary))
    signals.push({
      code: 'on_behalf',
      severity: 'info',
      text: `${requester.name} asked on behalf of ${beneficiary.name}.`,
    });
  const domainIds = request.domains.map((d) => d.id);
  const isSteward = request.records.some((r) => sourcesMet(requester, r.approvers, domainIds).length > 0);
  if (isSteward)
    signals.push({
      code: 'requester_is_steward',
      severity: 'info',
      text: `${requester.name} is a steward of this request and may not decide it.`,
    });
  return signals;
}

/** Told before it is decided: an exception lifts the masks that are there, and no others. */
function aboutMasks({ request, maskingColumns }: Seen): HardSignal[] {
  if (request.type !== 'MASKING_EXCEPTION') return [];
  const bare = maskingColumns.filter((column) => column.mask?.isLiftable !== true);
  if (bare.length === 0) return [];
  const isAll = bare.length === maskingColumns.length;
  const names = bare
    .slice(0, 5)
    .map((column) => column.name)
    .join(', ');
  return [
    {
      code: 'nothing_to_lift',
      severity: isAll ? 'stop' : 'warn',
      text: isAll
        ? 'Approval would have no effect: no mask that could be lifted is on any of these columns now.'
        : `Approval would have no effect on ${names}: no mask that could be lifted is on them now.`,
    },
  ];
}

function aboutAccess({ request, parties, sources, findings, medianDays }: Seen): HardSignal[] {
  const signals: HardSignal[] = [
    ...aboutGuardrails(sources, parties.beneficiary.person.name),
    ...aboutDomains(request, sources),
  ];
  const mapped = new Set(parties.beneficiary.identities.flatMap((i) => (i.state === 'absent' ? [] : i.connectionKey)));
  const without = [...new Set(sources.map((s) => s.connectionKey))].filter((key) => !mapped.has(key));
  if (without.length > 0)
    signals.push({
      code: 'no_identity',
      severity: 'warn',
      text: `${parties.beneficiary.person.name} has no known account on ${listed(without, 'or')}; access waits for one.`,
    });
  const ways = findings.filter(({ finding }) => finding === 'bypass' || finding === 'unknown_member');
  const logins = new Set(parties.beneficiary.identities.map((identity) => identity.externalName));
  const isOpen = ways.some(({ principal }) => principal !== null && logins.has(principal));
  if (ways.length > 0)
    signals.push({
      code: 'bypass',
      severity: 'warn',
      text: `${ways.length === 1 ? 'One way around Stoa leads' : `${ways.length} ways around Stoa lead`} to these sources.${
        isOpen ? ` ${parties.beneficiary.person.name} reads by one already, which a denial does not end.` : ''
      }`,
    });
  const asked = request.requested_duration;
  const asksForPeriod = request.form.answers.some((a) => a.type === 'ACCESS_DURATION');
  if (asksForPeriod && medianDays !== null && daysOf(asked) > medianDays)
    signals.push({
      code: 'duration_above_median',
      severity: 'warn',
      text: `Asked ${asked === null ? 'without an end' : `for ${answerWords(asked, 'ACCESS_DURATION')}`}; earlier approvals were for ${daysText(medianDays)}.`,
    });
  return signals;
}

const daysText = (days: number): string => (Math.round(days) === 1 ? 'a day' : `${Math.round(days)} days`);

/** Approving is allowed all the same: it takes effect when the guardrail passes, within its term (governance.md 8). */
function aboutGuardrails(sources: readonly EvidenceSource[], name: string): HardSignal[] {
  const closed = sources.filter((source) => source.guardrails !== undefined);
  if (closed.length === 0) return [];
  const names = [...new Set(closed.flatMap((source) => source.guardrails ?? []))];
  const which = names.length === 1 ? 'the guardrail' : 'guardrails';
  const what =
    closed.length === sources.length ? 'everything stays' : `${closed.length} of ${sources.length} sources stay`;
  return [
    {
      code: 'guardrail_unmet',
      severity: 'warn',
      text: `${name} does not pass ${which} ${listed(names)}: ${what} closed. An approval takes effect once they pass.`,
    },
  ];
}

/** What a role holds it keeps, and whoever gets the product reads it; what it does not hold it is not given. */
function aboutDomains({ type }: LoadedRequest, sources: readonly EvidenceSource[]): HardSignal[] {
  const gone = type === 'DATA_ACCESS' ? sources.filter((source) => source.outOfDomain !== undefined) : [];
  if (gone.length === 0) return [];
  const namesOf = (state: EvidenceSource['outOfDomain']) =>
    firstNames(gone.flatMap((source) => (source.outOfDomain === state ? [source.name] : [])));
  const [held, closed] = [namesOf('held'), namesOf('closed')];
  const which = gone.length === 1 ? 'One source has' : `${gone.length} sources have`;
  const opens = held === null ? '' : ` Its role on the platform holds ${held} already: approval opens that too.`;
  const stays = closed === null ? '' : ` Its role does not hold ${closed}: approval does not open that.`;
  return [
    { code: 'out_of_domain', severity: 'warn', text: `${which} left the domains of the product.${opens}${stays}` },
  ];
}

/** The first five of them. */
function firstNames(names: readonly string[]): string | null {
  const others = names.length - 5;
  if (names.length === 0) return null;
  return listed(others > 0 ? [...names.slice(0, 5), others === 1 ? 'another' : `${others} others`] : names);
}

const counted = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [count === 1 ? one : `${count} ${many}`];

/** How sensitive governors say the data is, by its tags and those above them. */
function aboutSensitivity({ sensitivity }: Seen): HardSignal[] {
  if (sensitivity === null) return [];
  const { level, columns, sources, tags } = sensitivity;
  const what = listed([
    ...counted(columns, 'one column', 'columns'),
    ...counted(sources, 'one source as a whole', 'sources as a whole'),
  ]);
  return [
    {
      code: 'sensitive_tags',
      severity: level === 'high' ? 'warn' : 'info',
      text: `The data is of ${level} sensitivity: ${what}, by ${listed(tags)}.`,
    },
  ];
}
