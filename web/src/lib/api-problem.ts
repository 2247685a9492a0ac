import type { Problem } from '@stoa/contract/error';
import type { ReactNode } from 'react';

/** A refusal or a failure of the API, as the screens handle it. `status` 0 means that no reply came. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What to do now, in the words of the API; empty when no answer of its own came. */
  readonly next: string;
  readonly requestId: string | undefined;
  readonly fields: readonly { readonly path: string; readonly message: string }[];
  /** The whole answer, for members that a code carries beside the common ones (the state a 409 shows, say). */
  readonly body: unknown;
  /** What is shown instead, where it is no failure at all. */
  notice?: ReactNode;

  constructor(parts: { problem: Problem; requestId: string | undefined; body?: unknown }) {
    super(parts.problem.title);
    this.name = 'ApiProblem';
    this.status = parts.problem.status;
    this.code = parts.problem.code;
    this.detail = parts.problem.detail;
    this.next = nextOf(parts.body);
    this.requestId = parts.requestId;
    this.fields = parts.problem.errors ?? [];
    this.body = parts.body;
  }
}

/** What was asked for is not there, or not for the reader. Where it was shown before, it may not stand on. */
export const isGone = (problem: ApiProblem | null): boolean => problem?.status === 404 || problem?.status === 403;

function problemWithoutBody(status: number, title: string): Problem {
  const code = status === 0 ? 'network.unreachable' : 'server.error';
  return { type: 'about:blank', title, status, detail: '', code, message: title, statusCode: status };
}

export function unreachable(): ApiProblem {
  return new ApiProblem({ problem: problemWithoutBody(0, 'network.unreachable'), requestId: undefined });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const nextOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'next' in body ? textOf(body.next) : '';

function fieldErrorsOf(value: unknown): { path: string; message: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'path' in one && 'message' in one
      ? [{ path: textOf(one.path), message: textOf(one.message) }]
      : [],
  );
}

/** Written out rather than parsed by the contract's schema: this runs on every page, and would bring zod to each. */
function problemOf(body: unknown, status: number): Problem | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body) || typeof body.code !== 'string') return undefined;
  const members: Readonly<Record<string, unknown>> = { ...body };
  const title = textOf(members.title) || textOf(members.message);
  return {
    type: textOf(members.type) || 'about:blank',
    title,
    status,
    detail: textOf(members.detail),
    code: body.code,
    message: textOf(members.message) || title,
    statusCode: status,
    errors: fieldErrorsOf(members.errors),
    ...(typeof members.instance === 'string' ? { instance: members.instance } : {}),
  };
}

/** Reads problem+json; an answer of another shape (a proxy's page, say) still becomes a problem with its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const headerId = response.headers.get('x-stoa-call') ?? response.headers.get('x-request-id') ?? undefined;
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemOf(body, response.status);
  if (parsed === undefined) {
    return new ApiProblem({ problem: problemWithoutBody(response.status, response.statusText), requestId: headerId });
  }
  return new ApiProblem({ problem: parsed, requestId: headerId ?? parsed.instance, body });
}
