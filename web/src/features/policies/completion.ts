/** Which language a text is written in: conditions about people (and tags), or predicates about rows. */
export type TextLanguage = 'condition' | 'person' | 'predicate';

/** What could stand where the caret is: a function, or a name inside quotes. `from` and `to`: what it would replace. */
export type Completion = {
  readonly kind: 'function' | 'group' | 'attribute' | 'value' | 'tagsOf' | 'tag';
  readonly typed: string;
  readonly from: number;
  readonly to: number;
  /** Of a value: the attribute that it is a value of. */
  readonly attribute?: string;
};

const functions: Readonly<Record<TextLanguage, readonly string[]>> = {
  person: ['isInGroups', 'hasAttribute'],
  condition: ['isInGroups', 'hasAttribute', 'hasTagAsAttribute', 'hasTagAsGroup'],
  predicate: ['columnTagged', 'attributeValuesContains', 'groupsContains', 'hasAttribute', 'isInGroups'],
};

/** The names of the functions of a language, the usual ones first. */
export const functionsOf = (language: TextLanguage): readonly string[] => functions[language];

type Open = { readonly name: string; readonly place: number; readonly quoteAt: number; readonly first: string };

/** The call whose string the caret stands in. */
function openString(text: string): Open | undefined {
  let name = '';
  let place = 0;
  let first = '';
  let quoteAt = -1;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quoteAt >= 0) {
      if (sign !== "'") continue;
      if (text[at + 1] === "'") at += 1;
      else {
        if (place === 0) first = text.slice(quoteAt + 1, at).replaceAll("''", "'");
        quoteAt = -1;
      }
    } else if (sign === "'") quoteAt = at;
    else if (sign === '(') {
      name = /@(\w+)\s*$/.exec(text.slice(0, at))?.[1] ?? '';
      place = 0;
      first = '';
    } else if (sign === ',') place += 1;
  }
  return quoteAt < 0 ? undefined : { name, place, quoteAt, first };
}

const kindOf = ({ name, place }: Open): Completion['kind'] | undefined => {
  if (name === 'isInGroups') return 'group';
  if (name === 'hasAttribute') return place === 0 ? 'attribute' : place === 1 ? 'value' : undefined;
  if (name === 'hasTagAsAttribute') return place === 0 ? 'attribute' : 'tagsOf';
  if (name === 'hasTagAsGroup') return 'tagsOf';
  if (name === 'attributeValuesContains') return place === 0 ? 'attribute' : undefined;
  return name === 'columnTagged' ? 'tag' : undefined;
};

/** What can be completed at the caret; undefined where nothing can. */
export function completionAt(text: string, caret: number): Completion | undefined {
  const before = text.slice(0, caret);
  const open = openString(before);
  if (open === undefined) {
    const found = /@(\w*)$/.exec(before);
    if (found === null) return undefined;
    const rest = /^\w*/.exec(text.slice(caret))?.[0] ?? '';
    return { kind: 'function', typed: found[1] ?? '', from: caret - found[0].length, to: caret + rest.length };
  }
  const kind = kindOf(open);
  if (kind === undefined) return undefined;
  const typed = before.slice(open.quoteAt + 1).replaceAll("''", "'");
  const rest = /^[^'\n]*/.exec(text.slice(caret))?.[0] ?? '';
  return {
    kind,
    typed,
    from: open.quoteAt + 1,
    to: caret + (text[caret + rest.length] === "'" ? rest.length : 0),
    ...(kind === 'value' ? { attribute: open.first } : {}),
  };
}

/** The text with a name taken over, and where the caret stands then. */
export function withCompletion(text: string, completion: Completion, name: string): { text: string; caret: number } {
  const isFunction = completion.kind === 'function';
  const rest = text.slice(completion.to);
  const inside = isFunction
    ? `@${name}${rest.startsWith('(') ? '' : "('"}`
    : `${name.replaceAll('@', '@@').replaceAll("'", "''")}${rest.startsWith("'") ? '' : "'"}`;
  const start = text.slice(0, completion.from) + inside;
  return { text: start + rest, caret: start.length };
}
