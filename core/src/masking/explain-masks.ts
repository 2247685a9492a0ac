import type { MaskingType } from '@stoa/contract/masking';
import type { CallTruth } from '../condition/evaluate.ts';
import { desiredEntitlements, type Entitlement, type Reader } from './entitlements.ts';
import { type Formula, formulaOf, judgeFormula } from './formula.ts';
import type { ColumnVerdict, GovernedSource, RowVerdict, SourceVerdict } from './model.ts';
import { printForReader } from './reader-rows.ts';
import {
  columnExemption,
  columnKeyOf,
  describeView,
  keysNeeded,
  type KeyBook,
  readersNeeded,
  type ViewColumn,
  type ViewRow,
} from './view.ts';

/** An approved masking exception that holds, of one column of the source. */
export type HeldException = {
  readonly ordinal: number;
  readonly requestId: string;
  readonly notAfter: number | null;
};

/** Why a reader sees a masked column in clear. */
export type ExemptBy =
  /** The mask's own policy excepts them, or means others alone. */
  | { readonly kind: 'policy' | 'reveal'; readonly condition: string }
  | { readonly kind: 'exception'; readonly requestId: string; readonly notAfter: number | null };

export type ExplainedColumn = {
  readonly ordinal: number;
  readonly name: string;
  /** What this reader is shown: `partly` is masked in some rows only, `withheld` is not in the view at all. */
  readonly shown: 'clear' | 'masked' | 'partly' | 'withheld';
  /** The mask that wins, whoever reads; null where there is none. */
  readonly mask: ColumnVerdict | null;
  /** What stands in the place of the value for this reader; null where they see it. */
  readonly shownAs: MaskingType | null;
  /** Of a cell mask: the rows in which it masks, in this reader's own values. */
  readonly where: string | null;
  readonly exemptBy: ExemptBy | null;
  /** What the conditions of the mask came to for this reader. */
  readonly truth: readonly CallTruth[];
};

export type ExplainedRow = {
  readonly policyId: string;
  readonly policyKey: string;
  readonly policyName: string;
  /** Which rows it leaves this reader. */
  readonly keeps: 'all' | 'some' | 'none';
  /** The rule in this reader's own values. */
  readonly predicate: string;
  readonly truth: readonly CallTruth[];
};

export type ExplainedMasks = { readonly columns: readonly ExplainedColumn[]; readonly rows: readonly ExplainedRow[] };

export type MasksQuestion = {
  readonly source: GovernedSource;
  readonly verdict: SourceVerdict;
  readonly reader: Reader;
  readonly exceptions: readonly HeldException[];
  readonly now: number;
};

/**
 * What one reader is shown of a source, column by column and rule by rule. The view and the reader's keys are made by the functions
 * that are enforced; the first branch of which the reader holds a key decides, as on the platform.
 */
export function explainMasks(question: MasksQuestion): ExplainedMasks {
  const { source, verdict } = question;
  const needed = keysNeeded(source, verdict);
  const book: KeyBook = {
    columns: new Map(needed.columns.map((key, n) => [key, n])),
    formulas: new Map(needed.formulas.map((formula, n) => [formula.text, n])),
  };
  const known = knownOf(question, needed.formulas, book);
  const held = new Set(known.flatMap(({ kind, key }) => (kind === 'exempt' ? [key] : [])));
  const view = describeView(source, verdict, book);
  const shown = new Map(view.columns.map((column) => [column.ordinal, column]));
  const verdicts = new Map(verdict.columns.map((column) => [column.ordinal, column]));
  const about: About = { question, known, held, book };
  return {
    columns: source.columns
      .toSorted((a, b) => a.ordinal - b.ordinal)
      .map((column) =>
        explainColumn(column, about, { seen: shown.get(column.ordinal), mask: verdicts.get(column.ordinal) }),
      ),
    rows: verdict.rows.map((row, n) => explainRow(row, about, view.rows[n])),
  };
}

type About = {
  readonly question: MasksQuestion;
  readonly known: readonly Entitlement[];
  readonly held: ReadonlySet<string>;
  readonly book: KeyBook;
};

function knownOf(
  { source, verdict, reader, exceptions, now }: MasksQuestion,
  formulas: readonly Formula[],
  book: KeyBook,
): Entitlement[] {
  const { dataSourceId } = source.facts;
  const columns = new Map(source.columns.map((column) => [column.ordinal, column]));
  return desiredEntitlements({
    now,
    readers: [reader],
    formulas: formulas.map((formula, id) => ({ ...formula, id })),
    needed: readersNeeded([verdict]),
    exemptions: exceptions.flatMap(({ ordinal, notAfter }) => {
      const column = columns.get(ordinal);
      const columnKey = column === undefined ? undefined : book.columns.get(columnKeyOf(dataSourceId, column));
      return columnKey === undefined ? [] : [{ principalId: reader.principalId, columnKey, notAfter }];
    }),
  });
}

type Column = GovernedSource['columns'][number];
type Seen = { readonly seen: ViewColumn | undefined; readonly mask: ColumnVerdict | undefined };

function explainColumn(column: Column, about: About, { seen, mask }: Seen): ExplainedColumn {
  const { ordinal, name } = column;
  const plain = { ordinal, name, mask: null, shownAs: null, where: null, exemptBy: null, truth: [] };
  if (seen === undefined) return { ...plain, shown: 'withheld' };
  if (seen.mask === null || mask === undefined) return { ...plain, shown: 'clear' };
  const { source } = about.question;
  const branch = seen.mask.branches.find(({ keys }) => keys.some((key) => about.held.has(key)));
  const value = branch?.value ?? seen.mask.masking;
  const isClear = value === 'clear';
  const { where } = seen.mask;
  return {
    ...plain,
    mask,
    shown: isClear ? 'clear' : where === null ? 'masked' : 'partly',
    shownAs: value === 'clear' ? null : value.maskingType,
    where: where === null ? null : printForReader({ kind: 'predicate', predicate: where }, source, about.known),
    exemptBy: isClear ? exemptionOf(column, about, mask) : null,
    truth: truthOf([whoCondition(mask), ...mask.reveals], about),
  };
}

const whoCondition = ({ who }: ColumnVerdict): string | null => (who.kind === 'everyone' ? null : who.condition);

function truthOf(conditions: readonly (string | null)[], { question: { source, reader } }: About): CallTruth[] {
  return conditions.flatMap((condition) => {
    const formula = condition === null ? null : formulaOf(condition, source.facts);
    return formula === null ? [] : judgeFormula(formula, reader.person).truth;
  });
}

/** What lasts longest is named: the policy before an exception that ends. */
function exemptionOf(column: Column, about: About, mask: ColumnVerdict): ExemptBy | null {
  const { question, held, book } = about;
  const { source, reader } = question;
  const isMeant = (condition: string): boolean => {
    const formula = formulaOf(condition, source.facts);
    return formula !== null && judgeFormula(formula, reader.person).value;
  };
  if (mask.who.kind === 'everyoneWho') return { kind: 'policy', condition: mask.who.condition };
  if (mask.who.kind === 'everyoneExcept' && isMeant(mask.who.condition))
    return { kind: 'policy', condition: mask.who.condition };
  const reveal = mask.reveals.find(isMeant);
  if (reveal !== undefined) return { kind: 'reveal', condition: reveal };
  const key = book.columns.get(columnKeyOf(source.facts.dataSourceId, column));
  const isHeld = key !== undefined && held.has(columnExemption(key));
  const lasting = question.exceptions
    .filter(({ ordinal, notAfter }) => ordinal === column.ordinal && (notAfter === null || notAfter > question.now))
    .toSorted((a, b) => (b.notAfter ?? Infinity) - (a.notAfter ?? Infinity))[0];
  return isHeld && lasting !== undefined
    ? { kind: 'exception', requestId: lasting.requestId, notAfter: lasting.notAfter }
    : null;
}

/** Whoever holds no key that a rule asks for is left no row; whoever holds one that lets pass, all of them. */
function explainRow(row: RowVerdict, about: About, seen: ViewRow | undefined): ExplainedRow {
  const holds = (keys: readonly string[]): boolean => keys.some((key) => about.held.has(key));
  const { policyId, policyKey, policyName } = row;
  const isPassed = seen !== undefined && holds(seen.passKeys);
  const isShut = seen === undefined || (seen.needKeys !== null && !holds(seen.needKeys));
  const predicate = isPassed ? 'TRUE' : isShut ? 'FALSE' : printForReader(row.rule, about.question.source, about.known);
  return {
    policyId,
    policyKey,
    policyName,
    keeps: predicate === 'TRUE' ? 'all' : predicate === 'FALSE' ? 'none' : 'some',
    predicate,
    truth: truthOf([row.who.condition], about),
  };
}
