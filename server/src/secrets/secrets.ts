import type { PlaceOfSecret } from './stored-secrets.ts';

/** A value that prints as `[secret]` wherever it is logged, joined or serialised. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The only way to the value; every call site is a place to review. */
  reveal(): string {
    return this.#value;
  }
  /** The value where it is JSON. What the parser says of anything else quotes it, and would stand in the log. */
  revealJson(): unknown {
    try {
      return JSON.parse(this.#value);
    } catch {
      throw new Error('a stored secret cannot be read: it is not in the form in which it was written');
    }
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Where a ciphertext belongs. It is authenticated with it, so a ciphertext moved to another row does not open. */
export type SecretPlace = PlaceOfSecret;

export type Secrets = {
  seal(place: SecretPlace, value: Secret): string;
  open(place: SecretPlace, sealed: string): Secret;
};
