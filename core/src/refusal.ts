import type { ErrorCode } from '@stoa/contract/error';

/** Why a rule said no: a stable code, a sentence for the person, and the facts that a program needs beside it. */
export type Refused = {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Per member of the body, when the input itself is at fault. */
  readonly errors?: readonly FieldError[];
};

export type FieldError = { readonly path: string; readonly message: string };

/** Makes a refusal; `facts` is left out when there are none. */
export const refused = (code: ErrorCode, detail: string, facts?: Readonly<Record<string, unknown>>): Refused =>
  facts === undefined ? { ok: false, code, detail } : { ok: false, code, detail, facts };
