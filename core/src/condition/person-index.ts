import type { PersonFacts } from './model.ts';
import { PersonSet } from './person-set.ts';
import { isFulfilledBy, type Remainder, remainderKey } from './remainder.ts';
import { isAtOrBelow } from './tag-path.ts';

/**
 * Everybody, turned round: from a group or a value to those who have it (performance.md 2). A remainder is answered by
 * joining such sets, for all people at once, and each remainder once.
 */
export class PersonIndex {
  readonly people: readonly PersonFacts[];
  readonly #ids = new Map<string, number>();
  readonly #groups = new Map<string, PersonSet>();
  readonly #attributes = new Map<string, Map<string, PersonSet>>();
  readonly #known = new Map<string, PersonSet>();

  constructor(people: readonly PersonFacts[]) {
    this.people = people;
    for (const [place, person] of people.entries()) {
      this.#ids.set(person.globalUserId, place);
      for (const group of person.groups) this.#put(this.#groups, group, place);
      for (const [name, values] of person.attributes) {
        let known = this.#attributes.get(name);
        if (known === undefined) this.#attributes.set(name, (known = new Map()));
        for (const value of values) this.#put(known, value, place);
      }
    }
  }

  /** The place of a person, or undefined. */
  placeOf(globalUserId: string): number | undefined {
    return this.#ids.get(globalUserId);
  }

  /** Those who fulfil a remainder. */
  fulfilling(remainder: Remainder, key: string = remainderKey(remainder)): PersonSet {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const set = this.#evaluate(remainder);
    this.#known.set(key, set);
    return set;
  }

  #put(sets: Map<string, PersonSet>, name: string, place: number): void {
    let set = sets.get(name);
    if (set === undefined) sets.set(name, (set = new PersonSet(this.people.length)));
    set.add(place);
  }

  #evaluate(remainder: Remainder): PersonSet {
    const size = this.people.length;
    switch (remainder.kind) {
      case 'always':
        return PersonSet.all(size);
      case 'never':
        return new PersonSet(size);
      case 'not':
        return this.fulfilling(remainder.operand).without();
      case 'and':
        return remainder.operands.map((o) => this.fulfilling(o)).reduce((a, b) => a.and(b));
      case 'or':
        return this.#union(remainder.operands.map((o) => this.fulfilling(o)));
      case 'people':
        return PersonSet.of(
          size,
          remainder.anyOf.flatMap((id) => this.#ids.get(id) ?? []),
        );
      case 'groups':
        return this.#union(remainder.anyOf.flatMap((group) => this.#groups.get(group) ?? []));
      case 'attribute': {
        const values = this.#attributes.get(remainder.name);
        return this.#union(remainder.anyOf.flatMap((value) => values?.get(value) ?? []));
      }
      case 'below': {
        const values = [...(this.#attributes.get(remainder.name) ?? [])];
        return this.#union(values.flatMap(([value, set]) => (isAtOrBelow(value, remainder.value) ? set : [])));
      }
      case 'personalGroup':
      case 'personal':
        return PersonSet.of(size, this.#asked(remainder));
    }
  }

  /** What differs from person to person is asked of each. */
  *#asked(remainder: Remainder): Generator<number> {
    for (const [place, person] of this.people.entries()) if (isFulfilledBy(remainder, person)) yield place;
  }

  #union(sets: readonly PersonSet[]): PersonSet {
    return PersonSet.union(this.people.length, sets);
  }
}
