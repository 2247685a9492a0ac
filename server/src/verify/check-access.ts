import { checkContainers } from './check-containers.ts';
import { EffectiveAccess, type Reads, type Way } from './effective-access.ts';
import { type Expected, ExpectedAccess } from './expected-access.ts';
import type { ConnectionFact, LoginFact, SourceFact } from './facts.ts';
import type { Finding, InvariantId } from './finding.ts';
import { groupBy } from './group-by.ts';
import type { World } from './load-world.ts';
import { Pace } from './pace.ts';
import type { Catalog, RelationRow } from './platform.ts';
import { RecordedFindings } from './recorded-findings.ts';
import { branchesOf } from './view-definition.ts';

export type AccessResult = {
  readonly findings: readonly Finding[];
  readonly rows: Readonly<Record<'I1' | 'I2' | 'I3' | 'I11' | 'I12', number>>;
  readonly notes: readonly string[];
};

/**
 * Compares what should be readable on a platform with what is, for everybody with a login there and in both directions. It
 * runs inside of the server as well: others have their turn all along.
 */
export async function checkAccess(world: World, connection: ConnectionFact, catalog: Catalog): Promise<AccessResult> {
  const pace = new Pace();
  const expected = await ExpectedAccess.of(world, connection, pace);
  return new AccessCheck({ world, connection, catalog, expected, pace }).run();
}

type Parts = {
  readonly world: World;
  readonly connection: ConnectionFact;
  readonly catalog: Catalog;
  readonly expected: ExpectedAccess;
  readonly pace: Pace;
};

/** One login, whoever it is of. */
type Subject = { readonly principal: string; readonly name: string; readonly people: readonly LoginFact[] };

class AccessCheck {
  readonly #world: World;
  readonly #connection: ConnectionFact;
  readonly #catalog: Catalog;
  readonly #expected: ExpectedAccess;
  readonly #effective: EffectiveAccess;
  readonly #pace: Pace;
  readonly #recorded: RecordedFindings;
  readonly #views: ReadonlyMap<number | null, RelationRow[]>;
  /** By id of the table, or of the view before it. */
  readonly #sources = new Map<string, SourceFact>();
  readonly #findings: Finding[] = [];
  readonly #rows = { I1: 0, I2: 0, I3: 0, I11: 0, I12: 0 };
  #foreign = 0;
  #unreachable = 0;
  #withheld = 0;

  constructor({ world, connection, catalog, expected, pace }: Parts) {
    this.#world = world;
    this.#connection = connection;
    this.#catalog = catalog;
    this.#expected = expected;
    this.#pace = pace;
    this.#effective = new EffectiveAccess(catalog);
    this.#recorded = new RecordedFindings(world.recorded.get(connection.id) ?? []);
    this.#views = groupBy(catalog.relations.values(), ({ viewOf }) => viewOf);
    for (const source of this.#expected.sources) {
      if (source.nativeId !== null) this.#sources.set(source.nativeId, source);
      for (const view of this.#views.get(source.id) ?? []) this.#sources.set(view.id, source);
    }
  }

  async run(): Promise<AccessResult> {
    const logins = groupBy(this.#world.logins.get(this.#connection.id) ?? [], ({ principal }) => principal);
    for (const [principal, people] of logins)
      await this.#compare({ principal, people, name: people[0]?.name ?? principal });
    await this.#checkMasked();
    const containers = await checkContainers({
      world: this.#world,
      connection: this.#connection,
      catalog: this.#catalog,
      expected: this.#expected,
      recorded: this.#recorded,
      pace: this.#pace,
    });
    this.#findings.push(...containers.findings);
    this.#rows.I12 += containers.rows;
    this.#rows.I11 += this.#expected.guardrails;
    return { findings: this.#findings, rows: this.#rows, notes: this.#notes() };
  }

  #notes(): string[] {
    const { key } = this.#connection;
    return [
      ...(this.#foreign > 0
        ? [
            `${this.#foreign} ${this.#foreign === 1 ? 'way to read on' : 'ways to read on'} ${key} given by others: recorded on its page`,
          ]
        : []),
      ...(this.#unreachable > 0
        ? [`${this.#unreachable} accesses on ${key} wait for a login or a table that the platform does not have`]
        : []),
      ...(this.#withheld > 0
        ? [`${this.#withheld} accesses on ${key} wait until no check of the connection fails: nothing is given before`]
        : []),
    ];
  }

  async #compare(subject: Subject): Promise<void> {
    const reads = this.#effective.readsOf(subject.principal);
    const isThere = this.#catalog.roles.has(subject.principal);
    const people = subject.people.flatMap(({ personId }) => this.#world.people.get(personId) ?? []);
    const judged = new Map<number, Expected>();
    const judge = (source: SourceFact): Expected | undefined => {
      const known = judged.get(source.id);
      if (known !== undefined) return known;
      const all = people.map((person) => this.#expected.judge(person, source));
      const best =
        all.find(({ verdict }) => verdict === 'must') ?? all.find(({ verdict }) => verdict === 'may') ?? all[0];
      if (best !== undefined) judged.set(source.id, best);
      return best;
    };
    await this.#pace.look();
    for (const source of new Set(people.flatMap((person) => this.#expected.candidates(person)))) {
      const turn = this.#pace.look();
      if (turn !== undefined) await turn;
      const expected = judge(source);
      if (expected?.verdict !== 'must') continue;
      this.#rows.I1 += 1;
      this.#rows.I3 += expected.causes.filter(({ kind }) => kind === 'request').length;
      const exposed = this.#exposed(source);
      if (exposed === 'none') continue;
      if (!isThere || exposed === 'absent') this.#unreachable += 1;
      else if (reads.get(exposed.id)?.isWhole === true) continue;
      else if (this.#connection.state === 'error') this.#withheld += 1;
      else this.#missing(subject, expected, exposed);
    }
    for (const [id, read] of reads) {
      const turn = this.#pace.look();
      if (turn !== undefined) await turn;
      const source = this.#sources.get(id);
      const relation = this.#catalog.relations.get(id);
      if (source === undefined || relation === undefined || !read.isSome) continue;
      const expected = judge(source);
      if (expected === undefined) continue;
      this.#rows.I1 += 1;
      this.#rows.I12 += 1;
      const isOpen = expected.verdict !== 'no' && !this.#isBehindView(source, relation);
      if (!isOpen) this.#extra(subject, expected, { relation, read });
    }
    for (const person of people) this.#rows.I2 += this.#expected.endedCount(person);
  }

  /** Where a source is read: at its own name, or through the view that stands before it. */
  #exposed(source: SourceFact): RelationRow | 'none' | 'absent' {
    const view = this.#views.get(source.id)?.[0];
    if (source.exposure === 'closed') return 'none';
    if (this.#expected.isMasked(source)) return source.exposure === 'view' ? (view ?? 'absent') : 'none';
    if (source.exposure === 'view') return view ?? 'absent';
    return (source.nativeId === null ? undefined : this.#catalog.relations.get(source.nativeId)) ?? 'absent';
  }

  /** The table itself, where readers are to see the view alone or nothing. */
  #isBehindView(source: SourceFact, relation: RelationRow): boolean {
    if (relation.viewOf !== null) return source.exposure === 'closed';
    return source.exposure === 'view' || source.exposure === 'closed' || this.#expected.isMasked(source);
  }

  /** A source on which a mask or a row rule acts is read through a view, or by nobody. */
  async #checkMasked(): Promise<void> {
    for (const source of this.#expected.sources) {
      const turn = this.#pace.look();
      if (turn !== undefined) await turn;
      if (!source.isOpen || !this.#expected.isMasked(source)) continue;
      this.#rows.I1 += 1;
      const hasView = (this.#views.get(source.id)?.length ?? 0) > 0;
      if (source.exposure === 'view')
        for (const view of this.#views.get(source.id) ?? []) this.#checkView(source, view);
      if (source.exposure === 'closed' || (source.exposure === 'view' && hasView)) continue;
      this.#findings.push({
        ...this.#place(source.path.join('.')),
        invariant: 'I1',
        direction: 'missing',
        subject: 'everybody',
        expected: 'it is read through a view that masks, since a data policy acts on it',
        found: hasView ? `it counts as ${source.exposure ?? 'not judged'}` : 'there is no such view on the platform',
        since: null,
        next: 'Open the connection and sync it; its page tells why a view could not be written.',
      });
    }
  }

  /** What the view shows in clear, whatever Stoa holds of it. */
  #checkView(source: SourceFact, view: RelationRow): void {
    const { columns, hasRows } = this.#expected.maskingOf(source);
    const branches = branchesOf(view.definition ?? '');
    const isOpen = branches?.some(({ isGated, isFiltered }) => hasRows && !isGated && !isFiltered) === true;
    const inClear = columns.filter(({ name }) =>
      branches?.some(({ bare, isGated }) => !isGated && [...bare].some((one) => one.normalize('NFC') === name)),
    );
    const found =
      branches === null
        ? 'its text is not one that Stoa writes'
        : [...inClear.map(({ name }) => `it shows ${name} as it is`), ...(isOpen ? ['it shows every row'] : [])].join(
            ', and ',
          );
    if (found === '') return;
    this.#findings.push({
      ...this.#place(`${view.schemaName}.${view.name}`),
      invariant: 'I1',
      direction: 'extra',
      subject: 'everybody who reads it',
      expected: `it masks what data policies keep back: ${[...columns.map(({ name }) => name), ...(hasRows ? ['rows'] : [])].join(', ')}`,
      found,
      since: null,
      next: 'Sync the connection, which writes the view anew; then look on the platform at who replaced it.',
    });
  }

  #place = (path: string) => ({
    where: `${this.#connection.key}: ${path}`,
    connectionKey: this.#connection.key,
  });

  #missing(subject: Subject, expected: Expected, relation: RelationRow): void {
    const requests = expected.causes.filter(({ kind }) => kind === 'request');
    const since = requests.flatMap(({ since: at }) => at ?? []).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
    const finding = {
      ...this.#place(`${relation.schemaName}.${relation.name}`),
      direction: 'missing' as const,
      subject: subject.name,
      expected: `reads every column, by ${expected.causes.map(({ kind, label }) => `${kind} ${label}`).join(', ')}`,
      found: 'cannot read all of it',
      since,
      next: 'Open the provisioning of the request and retry it; sync the connection when nothing is left to retry.',
    };
    this.#findings.push({ ...finding, invariant: 'I1' });
    for (const { id, label } of requests)
      this.#findings.push({
        ...finding,
        invariant: 'I3',
        requestId: id,
        expected: `has the access that was approved for ${label}`,
      });
  }

  #extra(subject: Subject, expected: Expected, { relation, read }: { relation: RelationRow; read: Reads }): void {
    const open = read.ways.filter((way) => !this.#isRecorded(way, relation));
    this.#foreign += read.ways.length - open.length;
    const [way] = open;
    if (way === undefined) return;
    const byOurs = open.some(({ containers }) => containers.length > 0);
    const ended =
      byOurs && expected.verdict === 'no' ? this.#expected.endedCauses(expected.person, expected.source) : [];
    const since = ended.flatMap(({ endedAt, notAfter }) => endedAt ?? notAfter ?? []).at(-1) ?? null;
    const finding = {
      ...this.#place(`${relation.schemaName}.${relation.name}`),
      direction: 'extra' as const,
      subject: subject.name,
      expected: whyNot(expected),
      found: `reads it by ${describeWay(way)}${open.length > 1 ? ` and ${open.length - 1} other ways` : ''}`,
      since,
      next: byOurs
        ? 'Sync the connection; if it stays, take the membership away on the platform and look at the connection page.'
        : 'Sync the connection, so that it is recorded; then take it away on the platform, or leave it as recorded.',
    };
    const as = (invariant: InvariantId, more: Partial<Finding> = {}) =>
      this.#findings.push({ ...finding, invariant, ...more });
    as('I1');
    if (byOurs) as('I12', { expected: 'a privilege that Stoa gave has a live cause' });
    for (const approval of ended)
      as('I2', {
        requestId: approval.id,
        since: approval.endedAt ?? approval.notAfter,
        expected: 'nothing is left of the request',
      });
    if (expected.guardrail !== null && expected.person.isActive)
      as('I11', { expected: `is kept out by the guardrail ${expected.guardrail}` });
  }

  #isRecorded({ holder, containers }: Way, relation: RelationRow): boolean {
    if (containers.length === 0) return this.#recorded.hasBypass(holder, relation.id);
    return containers.some(
      ({ name, member }) => this.#recorded.hasMember(name, member) || this.#recorded.hasObject(name, relation.id),
    );
  }
}

function whyNot({ person, source, guardrail, causes, verdict }: Expected): string {
  if (verdict !== 'no') return 'reads it through its view alone';
  if (!person.isActive) return 'reads nothing: the account is disabled';
  if (guardrail !== null) return `reads nothing here: the guardrail ${guardrail} is not met`;
  if (causes.length > 0 && !source.isOpen) return 'reads nothing here: the source is closed or held back';
  return 'reads nothing here: no request and no policy gives it';
}

function describeWay({ kind, holderName, containers }: Way): string {
  const last = containers.at(-1);
  if (last !== undefined) return `the container ${last.name}`;
  switch (kind) {
    case 'public':
      return 'a grant to PUBLIC';
    case 'owner':
      return `ownership of ${holderName}`;
    case 'superuser':
      return `${holderName}, a superuser`;
    case 'read-all':
      return 'pg_read_all_data';
    case 'column':
      return `a grant on columns to ${holderName}`;
    case 'grant':
      return `a grant to ${holderName}`;
  }
}
