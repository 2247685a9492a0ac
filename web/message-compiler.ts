import { type MessageFormatElement, parse } from '@formatjs/icu-messageformat-parser';

/** A text as the page needs it: plain where nothing is to be filled in, else already taken apart. */
export function compileMessage(text: string): string | readonly MessageFormatElement[] {
  if (!/[{<']/.test(text)) return text;
  return parse(text, { captureLocation: false });
}

/** Stands in for the parser in the built page, where a text that is still a string has nothing to fill in. */
export const parserStandIn = `export * from '@formatjs/icu-messageformat-parser/no-parser.js';
export const parse = (value) => [{ type: 0, value }];`;
