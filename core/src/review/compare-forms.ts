import type { FormField } from './form.ts';

/** What two versions of a form are compared by. `agreements` are ids, in the order asked. */
export type ComparedForm = {
  readonly name: string;
  readonly fields: readonly FormField[];
  readonly policy: object;
  readonly agreements: readonly string[];
};

export type FieldDifference = {
  readonly id: string;
  /** Missing when it was added. */
  readonly before?: FormField;
  /** Missing when it was removed. */
  readonly after?: FormField;
  /** From 1. */
  readonly placeBefore?: number;
  readonly placeAfter?: number;
  readonly moved: boolean;
};

export type FormDifference = {
  readonly name?: { readonly before: string; readonly after: string };
  readonly fields: readonly FieldDifference[];
  readonly agreements: readonly { readonly id: string; readonly change: 'added' | 'removed' }[];
  /** True when the review flow is another one. */
  readonly policy: boolean;
};

/** Same once written down: members that are undefined are not there, and their order means nothing. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, canonical(member)]),
  );
};
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

/** `required` is on unless it says otherwise. */
const written = (field: FormField): FormField => ({ ...field, required: field.required ?? true });

/** The longest run of ids that kept their order; every other one that both have was moved. */
const keptInOrder = (before: readonly string[], after: readonly string[]): ReadonlySet<string> => {
  const places = after.filter((id) => before.includes(id)).map((id) => ({ id, at: before.indexOf(id) }));
  const runs: (readonly string[])[] = [];
  for (const [i, { id, at }] of places.entries()) {
    const longest = runs.reduce<readonly string[]>(
      (best, run, j) => ((places[j]?.at ?? at) < at && run.length > best.length ? run : best),
      [],
    );
    runs[i] = [...longest, id];
  }
  return new Set(runs.reduce((best, run) => (run.length > best.length ? run : best), []));
};

const compareFields = (before: readonly FormField[], after: readonly FormField[]): readonly FieldDifference[] => {
  const idsBefore = before.map((f) => f.id);
  const idsAfter = after.map((f) => f.id);
  const kept = keptInOrder(idsBefore, idsAfter);
  const now = after.flatMap((field, at): (FieldDifference & { readonly order: number })[] => {
    const place = idsBefore.indexOf(field.id);
    const old = before[place];
    if (old === undefined) return [{ id: field.id, after: field, placeAfter: at + 1, moved: false, order: at }];
    const moved = !kept.has(field.id);
    if (!moved && isSame(written(old), written(field))) return [];
    return [{ id: field.id, before: old, after: field, placeBefore: place + 1, placeAfter: at + 1, moved, order: at }];
  });
  const gone = before.flatMap((field, at) => {
    if (idsAfter.includes(field.id)) return [];
    // It is told where it stood: after the nearest question above it that is still there.
    const above = idsBefore.slice(0, at).findLast((id) => idsAfter.includes(id));
    const order = above === undefined ? -1 + at / 1_000 : idsAfter.indexOf(above) + 0.5 + at / 1_000;
    return [{ id: field.id, before: field, placeBefore: at + 1, moved: false, order }];
  });
  return [...now, ...gone].sort((a, b) => a.order - b.order).map(({ order: _, ...difference }) => difference);
};

/** What saving made of one version another: questions by id, the name, agreements, and whether the flow changed. */
export const compareForms = (before: ComparedForm, after: ComparedForm): FormDifference => ({
  ...(before.name === after.name ? {} : { name: { before: before.name, after: after.name } }),
  fields: compareFields(before.fields, after.fields),
  agreements: [
    ...after.agreements.filter((id) => !before.agreements.includes(id)).map((id) => ({ id, change: 'added' as const })),
    ...before.agreements
      .filter((id) => !after.agreements.includes(id))
      .map((id) => ({ id, change: 'removed' as const })),
  ],
  policy: !isSame(before.policy, after.policy),
});
