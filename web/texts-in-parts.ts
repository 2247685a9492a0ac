import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import type { Plugin } from 'vite';
import { compileMessage, parserStandIn } from './message-compiler.ts';

const standInId = '\0stoa-parser-stand-in';
const folder = fileURLToPath(new URL('./src/app/messages/en/', import.meta.url));
const catalogue = fileURLToPath(new URL('./src/app/messages/en.ts', import.meta.url));

/** Every text by its key. */
const readCatalogue = (): ReadonlyMap<string, string> =>
  new Map(readdirSync(folder).flatMap((name) => Object.entries(readTexts(folder + name))));

/** The file holds one constant of strings: what the language server sees, evaluated. */
function readTexts(file: string): Readonly<Record<string, string>> {
  const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', format: 'cjs' });
  const module: { exports: Record<string, unknown> } = { exports: {} };
  // oxlint-disable-next-line typescript/no-implied-eval -- at build time, over our own catalogue
  new Function('module', 'exports', code)(module, module.exports);
  const all = Object.values(module.exports).flatMap((one) =>
    typeof one === 'object' && one !== null ? Object.entries(one) : [],
  );
  return Object.fromEntries(all.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/**
 * Which keys code names: those that it writes out, and where it writes only how one begins, all that begin so. The
 * names of rights and of files look like keys, and name none.
 */
function findNames(keys: readonly string[]): (code: string) => readonly string[] {
  const areas = new Set(keys.map((key) => key.slice(0, key.indexOf('.'))));
  const quoted = new RegExp(`['"\`]((?:${[...areas].join('|')})\\.[\\w.-]*)`, 'g');
  const known = new Set(keys);
  const namedBy = (start: string): readonly string[] =>
    keys.filter((key) => key === start || key.startsWith(known.has(start) ? `${start}.` : start));
  return (code) => [...new Set([...code.matchAll(quoted)].map(([, start = '']) => start))].flatMap(namedBy);
}

type Chunk = {
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
};
type Chunks = Readonly<Record<string, Chunk>>;

function withAllImports(name: string, chunks: Chunks, found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const other of chunks[name]?.imports ?? []) withAllImports(other, chunks, found);
  return found;
}

/** The files that are there before this one: what the page begins with, and what this one needs, unless it is needed by that. */
function filesBefore(name: string, chunks: Chunks): readonly string[] {
  const entries = Object.keys(chunks).filter((one) => chunks[one]?.isEntry === true);
  return [...new Set([name, ...entries].flatMap((one) => [...withAllImports(one, chunks)]))].filter(
    (other) => other !== name && !withAllImports(other, chunks).has(name),
  );
}

/** What a module that names texts calls in the built page, until it is known which modules share its file. */
const mark = '__stoaTexts';
const marked = new RegExp(`${mark}\\(([\\w$.]+)\\);?`, 'g');

/**
 * The catalogue of texts is one object to people who write screens. In the built page it fills as the screens come:
 * each file brings the texts that its modules name, so a screen waits for its own words and for nobody else's.
 */
export function textsInParts(): Plugin {
  const texts = readCatalogue();
  const namesIn = findNames([...texts.keys()]);
  const namedBy = new Map<string, readonly string[]>();
  const namedInFile = (file: Chunk | undefined): readonly string[] =>
    (file?.moduleIds ?? []).flatMap((id) => namedBy.get(id) ?? []);
  return {
    name: 'stoa-texts-in-parts',
    apply: 'build',
    enforce: 'post',
    // The texts are taken apart here, so the part that could do it in the browser stays at home.
    resolveId: {
      order: 'pre',
      filter: { id: /^@formatjs\/icu-messageformat-parser$/ },
      handler: () => standInId,
    },
    load: { filter: { id: /stoa-parser-stand-in/ }, handler: () => parserStandIn },
    transform: {
      filter: { id: /\/web\/src\/.*\.tsx?$/ },
      handler(code, id) {
        if (id === catalogue) return { code: 'export const en = {};', map: null };
        const named = namesIn(code);
        namedBy.set(id, named);
        if (named.length === 0) return null;
        return { code: `import { en as __catalogue } from '${catalogue}';\n${mark}(__catalogue);\n${code}`, map: null };
      },
    },
    renderChunk(code, chunk, _options, { chunks }) {
      const before = new Set(filesBefore(chunk.fileName, chunks).flatMap((name) => namedInFile(chunks[name])));
      const own = new Set(namedInFile(chunk).filter((key) => !before.has(key)));
      let left = JSON.stringify(Object.fromEntries([...own].map((key) => [key, compileMessage(texts.get(key) ?? '')])));
      const filled = code.replaceAll(marked, (_call, name: string) => {
        const fill = left === '' || own.size === 0 ? '' : `Object.assign(${name}, ${left});`;
        left = '';
        return fill;
      });
      return { code: filled, map: null };
    },
  };
}
