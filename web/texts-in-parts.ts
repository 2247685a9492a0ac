import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const folder = fileURLToPath(new URL('./src/app/messages/en/', import.meta.url));

type Area = { readonly file: string; readonly constant: string; readonly used: RegExp };

/** Each file of texts, and how code that needs one of them begins to write its key. */
function readAreas(): readonly Area[] {
  return readdirSync(folder).map((name) => {
    const text = readFileSync(folder + name, 'utf8');
    const constant = /export const (\w+) =/.exec(text)?.[1];
    if (constant === undefined) throw new Error(`${name} exports no texts`);
    const areas = new Set([...text.matchAll(/^ {2}'(\w+)\./gm)].map((match) => match[1]));
    return { file: folder + name, constant, used: new RegExp(`['"\`](?:${[...areas].join('|') || '$^'})\\.`) };
  });
}

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
    transform: {
      filter: { id: /\/web\/src\/.*\.tsx?$/ },
      handler(code, id) {
        if (id === catalogue) return { code: 'export const en = {};', map: null };
        const own = areas.find(({ file }) => file === id);
        if (own !== undefined) {
          const added = `import { en as catalogue } from '${catalogue}';\n${code}\nObject.assign(catalogue, ${own.constant});\n`;
          return { code: added, map: null, moduleSideEffects: true };
        }
        const needed = areas.filter(({ used }) => used.test(code));
        if (needed.length === 0) return null;
        return { code: needed.map(({ file }) => `import '${file}';\n`).join('') + code, map: null };
      },
    },
  };
}
