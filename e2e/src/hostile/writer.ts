import type { AnswerOf, BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import { operationById } from '@stoa/contract/operations';
import type { TestPerson } from '@stoa/server/testing/people';
import { idsIn, type Payload } from './payloads.ts';
import { partsOfField, placesOf } from './text-fields.ts';

type Input<O extends Operation> = { params?: ParamsIn<O>; query?: QueryIn<O>; body?: BodyIn<O> };

/** Names of operations as the contract lists them; some carry another id in the published document. */
const names = new Map<Operation, string>(Object.entries<Operation>(operationById).map(([name, one]) => [one, name]));

const isLine = (text: string): boolean => !/\p{Cc}/u.test(text);
/** A list, so that no payload swallows the next one: what opens in an item of Markdown ends with it. */
const asList = (texts: readonly string[]): string =>
  texts.map((text) => `- ${text.replaceAll('\n', '\n  ')}`).join('\n');

/** Gives out payloads in turn and notes where each was stored. */
export class Writer {
  /** `createDomain .description`: fields that took a payload. */
  readonly covered = new Set<string>();
  /** Ids of payloads that were stored. */
  readonly stored = new Set<string>();
  readonly #payloads: readonly Payload[];
  readonly #waiting: Payload[];

  constructor(payloads: readonly Payload[]) {
    this.#payloads = payloads;
    this.#waiting = [...payloads];
  }

  /** One payload that fits into a line and lacks what may not stand there; those that stood nowhere yet come first. */
  line(max = 255, without = /\p{Cc}/u): string {
    return this.#take(1, (text) => text.length <= max && isLine(text) && !without.test(text))[0] ?? '';
  }

  /** Several of them. */
  text(max: number, count = 20): string {
    return asList(this.#fit(max, count));
  }

  /** The next ones as texts of their own. */
  several(count: number, max = 1_000): string[] {
    return this.#take(count, (text) => text.length <= max);
  }

  #fit(max: number, count: number): string[] {
    const texts = this.#take(count, (text) => text.length <= max - 4);
    while (asList(texts).length > max) texts.pop();
    return texts;
  }

  #take(count: number, fits: (text: string) => boolean): string[] {
    const taken: string[] = [];
    for (let at = 0; taken.length < count && at < this.#waiting.length; ) {
      const text = this.#waiting[at]?.text ?? '';
      if (fits(text)) {
        taken.push(text);
        this.#waiting.splice(at, 1);
      } else at += 1;
    }
    if (taken.length === count) return taken;
    // All had their turn: another one begins.
    const before = this.#waiting.length;
    this.#waiting.push(...this.#payloads.filter((one) => !this.#waiting.includes(one)));
    if (this.#waiting.length === before) throw new Error('no payload is that short');
    return [...taken, ...this.#take(count - taken.length, fits)];
  }

  /** Calls an operation as a person does. What it took is stored; anything but success is a fault of the harness. */
  async write<O extends Operation>(who: TestPerson, operation: O, input: Input<O>): Promise<AnswerOf<O>> {
    const answer = await who.call(operation, input);
    if (answer.status >= 300)
      throw new Error(`${operation.id} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 600)}`);
    this.note(operation, input);
    return answer.body;
  }

  note(operation: Operation, { body, query }: { body?: unknown; query?: unknown }): void {
    const name = names.get(operation) ?? operation.id;
    const isHostile = (text: string) => idsIn(text).length > 0;
    const fields = [
      ...placesOf(body, isHostile).map((place) => `${name} ${place}`),
      ...placesOf(query, isHostile).map((place) => `${name} ?${place}`),
    ];
    for (const field of fields.flatMap(partsOfField)) this.covered.add(field);
    for (const id of idsIn(JSON.stringify([body ?? null, query ?? null]))) this.stored.add(id);
  }
}
