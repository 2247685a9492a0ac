import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import type { Plugin } from 'vite';
import { compileMessage, parserStandIn } from './message-compiler.ts';

const standInId = '\0stoa-parser-stand-in';
const folder = fileURLToPath(new URL('./src/app/messages/en/', import.meta.url));

type Texts = Readonly<Record<string, string>>;
type Area = { readonly file: string; readonly texts: Texts; readonly isUsedIn: (code: string) => boolean };

/** Each file of texts, and whether code writes one of its keys, or how one begins. */
function readAreas(): readonly Area[] {
  return readdirSync(folder).map((name) => {
    const file = folder + name;
    const texts = readTexts(file);
    const areas = new Set(Object.keys(texts).map((key) => key.slice(0, key.indexOf('.'))));
    const quoted = new RegExp(`['"\`]((?:${[...areas].join('|') || '$^'})\\.[\\w.-]*)`, 'g');
    const keys = Object.keys(texts);
    // The names of rights and of files look like keys.
    const isUsedIn = (code: string): boolean =>
      [...code.matchAll(quoted)].some(([, start = '']) => keys.some((key) => key.startsWith(start)));
    return { file, texts, isUsedIn };
  });
}

/** The file holds one constant of strings: what the language server sees, evaluated. */
function readTexts(file: string): Texts {
  const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts', format: 'cjs' });
  const module: { exports: Record<string, unknown> } = { exports: {} };
  // oxlint-disable-next-line typescript/no-implied-eval -- at build time, over our own catalogue
  new Function('module', 'exports', code)(module, module.exports);
  const all = Object.values(module.exports).flatMap((one) =>
    typeof one === 'object' && one !== null ? Object.entries(one) : [],
  );
  return Object.fromEntries(all.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const compileAll = (texts: Texts) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, compileMessage(text)]));

/**
 * The catalogue of texts is one object to people who write screens. In the built page it fills as the screens come:
 * each module brings the files whose keys it names, so a screen waits for its own words and for nobody else's.
 */
export function textsInParts(): Plugin {
  const areas = readAreas();
  const catalogue = fileURLToPath(new URL('./src/app/messages/en.ts', import.meta.url));
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
        const own = areas.find(({ file }) => file === id);
        if (own !== undefined) {
          const texts = JSON.stringify(compileAll(own.texts));
          const added = `import { en } from '${catalogue}';\nObject.assign(en, ${texts});\n`;
          return { code: added, map: null, moduleSideEffects: true };
        }
        const needed = areas.filter(({ isUsedIn }) => isUsedIn(code));
        if (needed.length === 0) return null;
        return { code: needed.map(({ file }) => `import '${file}';\n`).join('') + code, map: null };
      },
    },
  };
}
