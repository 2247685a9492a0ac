import type { CriteriaType, Identifier } from './identifier.ts';

type About = Pick<Identifier, 'description' | 'specificity'> &
  Partial<Pick<Identifier, 'families' | 'hint' | 'validator'>> & {
    readonly pattern: string;
    readonly criteriaType?: CriteriaType;
    /** Of national numbers. */
    readonly country?: string;
  };

/** A built-in identifier with the tags that governance.md 5 gives it. */
export const builtIn = (id: number, name: string, about: About): Identifier => ({
  id,
  name,
  description: about.description,
  criteriaType: about.criteriaType ?? 'regex',
  pattern: about.pattern,
  values: [],
  caseSensitive: about.criteriaType !== 'columnNameRegex',
  minHitRatio: 0.9,
  tags: [`Discovered.Entity.${name}`, ...(about.country === undefined ? [] : [`Discovered.Country.${about.country}`])],
  specificity: about.specificity,
  validator: about.validator ?? null,
  isBuiltIn: true,
  families: about.families ?? ['text'],
  hint: about.hint ?? null,
});
