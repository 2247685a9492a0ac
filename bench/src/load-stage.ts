import { percentile } from './measure.ts';
import { longestOf, noteOf, type Timed } from './open-loop.ts';
import type { Figure } from './report.ts';
import type { LoadData } from './seed-load.ts';
import type { World } from './world.ts';

export type Call = { method: 'GET' | 'POST'; path: string; body?: unknown; status: number };
export type Stage = {
  readonly world: World;
  readonly data: LoadData;
  readonly send: (token: number, call: Call) => Promise<string>;
};

export const pick = <T>(list: readonly T[], index: number): T => {
  const one = list[index % list.length];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
};

const words = ['listed', 'product', 'c4ca42', 'entitled', 'a87ff6', 'open'];
export const browsing = (data: LoadData, index: number): Call => {
  const paths = [
    `/api/data-product?limit=50&q=${pick(words, index)}`,
    '/api/data-product?limit=50&sortBy=name',
    `/api/data-product?limit=50&nameFilter=${pick(words, index + 1)}`,
    `/api/data-product/${pick(data.products, index)}`,
    '/api/domain?limit=50',
  ];
  return { method: 'GET', path: pick(paths, index), status: 200 };
};

export const timesOf = (
  timed: Timed,
  id: string,
  what: string,
  most: { p95: number; p99?: number; longest?: number },
) => {
  const figure = (name: string, value: number, budget: number): Figure => ({
    id,
    what: `${what}, ${name}`,
    unit: 'ms',
    stoa: value,
    budget: { kind: 'most', value: budget },
  });
  return [
    { ...figure('p95', percentile(timed.milliseconds, 0.95), most.p95), note: noteOf(timed) },
    ...(most.p99 === undefined ? [] : [figure('p99', percentile(timed.milliseconds, 0.99), most.p99)]),
    ...(most.longest === undefined ? [] : [figure('longest', longestOf(timed.milliseconds), most.longest)]),
    { id, what: `${what}, errors`, unit: '', stoa: timed.errors.length, budget: { kind: 'exactly', value: 0 } },
  ] satisfies Figure[];
};

/** Asks in turn for everybody and each open product; whoever asked twice is passed by. */
export class Asking {
  readonly #stage: Stage;
  readonly #reason: string;
  static #next = 0;
  readonly acknowledged: string[] = [];
  #form: Promise<unknown> | undefined;

  constructor(stage: Stage, reason: string) {
    this.#stage = stage;
    this.#reason = reason;
  }

  async ask(): Promise<string> {
    const { send, data } = this.#stage;
    const n = Asking.#next++;
    const form = await (this.#form ??= this.#answers());
    const product = pick(data.openProducts, Math.floor(n / data.askers.length));
    const person = pick(data.askers, n);
    const body = { user: person.globalUserId, form };
    const made = await send(n, { method: 'POST', path: `/api/data-product/${product}/request`, body, status: 201 });
    const { id } = JSON.parse(made) as { id: string };
    this.acknowledged.push(id);
    return id;
  }

  async #answers(): Promise<unknown> {
    const { rows } = await this.#stage.world.db.query<{ fields: { id: string }[] }>(
      `select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`,
    );
    return { answers: (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: this.#reason })) };
  }
}

/** Nine of ten read. What is written is asking, by people who did not ask there before. */
export function mixedActs(stage: Stage, reason: string): (index: number) => Promise<unknown> {
  const { send, data } = stage;
  const asking = new Asking(stage, reason);
  const reading = (index: number): Call => {
    const own = [
      browsing(data, index),
      { method: 'GET', path: '/api/access-request?limit=20', status: 200 },
      { method: 'GET', path: `/api/data-product/${pick(data.entitled, index)}`, status: 200 },
      { method: 'GET', path: '/api/notification/inbox/messages?limit=20', status: 200 },
    ] as const;
    return pick(own, index);
  };
  return (index) => (index % 10 === 0 ? asking.ask() : send(index, reading(index)));
}
