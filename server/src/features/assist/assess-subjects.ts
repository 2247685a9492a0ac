import type { RiskAssessment } from '@stoa/contract/assist';
import { assess } from '@stoa/core/assist/assess';
import { enoughHistory, type PastDetermination } from '@stoa/core/assist/past-determination';
import type { Candidate } from '@stoa/core/assist/request-traits';
import type { Reader } from '../../db/pool.ts';
import { type HistoryOf, readDomainHistory, readFormHistory, readTargetHistories } from './read-history.ts';

/** A request, made or only drafted, as review assist looks at it. */
export type Subject = {
  readonly targetId: string;
  readonly type: HistoryOf['type'];
  readonly domainIds: readonly string[];
  readonly formId: string | null;
  readonly candidate: Candidate;
  /** The instant to judge from: nothing that was decided at it or later is known. */
  readonly at: Date;
};

/** What earlier determinations suggest for one request. */
export async function assessSubject(db: Reader, subject: Subject): Promise<RiskAssessment> {
  const [assessment] = await assessSubjects(db, [subject]);
  return assessment ?? { approvalRisk: 'INDETERMINATE' };
}

/** The same for several, in their order: targets are read at once, domains and forms only where a target has too few. */
export async function assessSubjects(db: Reader, subjects: readonly Subject[]): Promise<RiskAssessment[]> {
  const keyed = new Map(subjects.map((s) => [keyOf('target', [s.targetId], s), s]));
  const histories = await readTargetHistories(
    db,
    [...keyed.values()].map((s) => ({ targetId: s.targetId, type: s.type, before: s.at })),
  );
  const onTargets = new Map([...keyed.keys()].map((key, place) => [key, histories[place] ?? []]));
  const farther = new Map<string, Promise<PastDetermination[]>>();
  const once = (key: string, read: () => Promise<PastDetermination[]>) => {
    const known = farther.get(key) ?? read();
    farther.set(key, known);
    return known;
  };
  const assessments: RiskAssessment[] = [];
  for (const subject of subjects) {
    const { type, at: before, domainIds, formId } = subject;
    const target = onTargets.get(keyOf('target', [subject.targetId], subject)) ?? [];
    const isShort = (past: readonly PastDetermination[]) => past.length < enoughHistory;
    const domain = isShort(target)
      ? await once(keyOf('domain', [...domainIds].sort(), subject), () =>
          readDomainHistory(db, { type, before, domainIds }),
        )
      : [];
    const form =
      isShort(target) && isShort(domain)
        ? await once(keyOf('form', [formId], subject), () => readFormHistory(db, { type, before, formId }))
        : [];
    assessments.push(assess({ target, domain, form }, subject.candidate, before.getTime()));
  }
  return assessments;
}

const keyOf = (kind: string, ids: readonly unknown[], { type, at }: Subject): string =>
  JSON.stringify([kind, ids, type, at.getTime()]);
