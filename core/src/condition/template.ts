import { type Template, type TemplatePart, type Variable, variables } from './model.ts';
import { ConditionError } from './scan.ts';

const named = (name: string): Variable | undefined => variables.find((variable) => variable === name);

/**
 * Reads the variables of a string: `@database` is one, `@@` is an @, and an @ before anything but a letter is itself.
 * `at` is where the string begins, for the error.
 */
export function parseTemplate(text: string, at: number): Template {
  if (!text.includes('@')) return text === '' ? [] : [{ text: text.normalize('NFC') }];
  const parts: TemplatePart[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ text: plain.normalize('NFC') });
    plain = '';
  };
  for (const [piece, name] of text.matchAll(/@@|@([A-Za-z]+)|[^@]+|@/gu)) {
    if (name === undefined) {
      plain += piece === '@@' ? '@' : piece;
      continue;
    }
    const variable = named(name);
    if (variable === undefined) {
      const known = variables.map((v) => `@${v}`).join(', ');
      throw new ConditionError(at, `There is no variable @${name}. Known: ${known}. Write @@ for an @ itself.`);
    }
    flush();
    parts.push({ variable });
  }
  flush();
  return parts;
}

/** The string as it is written between quotes. */
export const printTemplate = (template: Template): string => {
  const inside = template.map((part) => ('text' in part ? part.text.replaceAll('@', '@@') : `@${part.variable}`));
  return `'${inside.join('').replaceAll("'", "''")}'`;
};

/** The text of a template without variables, else null. */
export function literalText(template: Template): string | null {
  const [first, ...rest] = template;
  if (first === undefined) return '';
  return rest.length === 0 && 'text' in first ? first.text : null;
}

/** Takes `.*` off the end of the written text; what a variable brings never counts. */
export function withoutBelow(template: Template): { readonly value: Template; readonly below: boolean } {
  const last = template.at(-1);
  if (last === undefined || !('text' in last) || !last.text.endsWith('.*')) return { value: template, below: false };
  const text = last.text.slice(0, -2);
  return { value: [...template.slice(0, -1), ...(text === '' ? [] : [{ text }])], below: true };
}

/**
 * Fills the variables in; null when one has no value. `read` gives values that are data already: a part of one segment.
 */
export function fillTemplate(template: Template, read: (variable: Variable) => string | null): string | null {
  let text = '';
  for (const part of template) {
    const value = 'text' in part ? part.text : read(part.variable);
    if (value === null) return null;
    text += value;
  }
  return text.normalize('NFC');
}
