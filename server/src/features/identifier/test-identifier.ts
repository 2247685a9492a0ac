import type { testIdentifier as operation } from '@stoa/contract/identifier';
import type { AnswerOf, BodyOf } from '@stoa/contract/operation';
import { criteriaProblems } from '@stoa/core/identification/check-identifier';
import type { Identifier } from '@stoa/core/identification/identifier';
import { isCompetitive, readableFamilies } from '@stoa/core/identification/identifier';
import { fitsName, fitsValue, testFor } from '@stoa/core/identification/plan-questions';
import { notFound, Refusal } from '../../http/refusal.ts';
import type { Reader } from '../../db/pool.ts';
import { findIdentifier } from './load-identifiers.ts';

type Body = BodyOf<typeof operation>;

/** Holds values that the caller wrote against an identifier, in the process itself and in linear time. */
export async function testIdentifier(db: Reader, body: Body): Promise<AnswerOf<typeof operation>> {
  const identifier = body.identifierId === undefined ? described(body) : await findIdentifier(db, body.identifierId);
  if (identifier === undefined) throw notFound('identifier');
  const columnName = body.columnName ?? '';
  if (!isCompetitive(identifier)) {
    const nameFits = fitsName(columnName, identifier);
    return { applies: nameFits, nameFits, fits: body.samples.map(() => nameFits), hitRatio: null };
  }
  const family = identifier.families[0] ?? 'text';
  const test = testFor({ name: columnName, typeFamily: family }, identifier);
  const fits = body.samples.map((sample) => test !== null && fitsValue(test, sample));
  const hitRatio = fits.length === 0 || test === null ? null : fits.filter(Boolean).length / fits.length;
  return { applies: test !== null, nameFits: null, fits, hitRatio };
}

function described(body: Body): Identifier {
  const criteriaType = body.criteriaType ?? 'regex';
  const problems = criteriaProblems({ ...body, criteriaType });
  if (problems.length > 0) {
    throw new Refusal('identifier.criteria_invalid', {
      detail: problems.map((one) => one.message).join(' '),
      extra: { problems },
    });
  }
  return {
    id: 0,
    name: '',
    description: '',
    criteriaType,
    pattern: body.pattern ?? null,
    values: body.values ?? [],
    caseSensitive: body.caseSensitive ?? criteriaType === 'regex',
    minHitRatio: 1,
    tags: [],
    specificity: 0,
    validator: body.validator ?? null,
    isBuiltIn: false,
    families: readableFamilies,
    hint: null,
  };
}
