import type { Plugin } from 'vite';

/** What the browser never reads of an operation: the server parses requests and guards replies, not the page. */
const unreadMembers: ReadonlySet<string> = new Set(['params', 'query', 'body', 'responses', 'summary', 'access']);
/** Values that cost nothing to keep; every other one may be left out when nobody reads it. */
const plainValues: ReadonlySet<string> = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'Literal']);

type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>;
type Edit = { readonly start: number; readonly end: number; readonly text: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const nameOf = (node: unknown): string | undefined =>
  isNode(node) && typeof node.name === 'string' ? node.name : undefined;

/** Cuts members out of `operation({…})`, each up to where the next one begins. */
function cutsOf(value: Node): Edit[] {
  if (value.type !== 'CallExpression' || nameOf(value.callee) !== 'operation') return [];
  const [argument] = nodesOf(value.arguments);
  const members = nodesOf(argument?.properties);
  return members.flatMap((member, at): Edit[] =>
    unreadMembers.has(nameOf(member.key) ?? '')
      ? [{ start: member.start, end: members[at + 1]?.start ?? member.end, text: '' }]
      : [],
  );
}

/** A chain such as `z.object({…}).meta({…})` counts as an effect; inside a function that is marked pure it does not. */
function editsOf(statement: Node): Edit[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (!isNode(declaration) || declaration.type !== 'VariableDeclaration') return [];
  return nodesOf(declaration.declarations).flatMap(({ init }): Edit[] => {
    if (!isNode(init) || plainValues.has(init.type)) return [];
    return [
      { start: init.start, end: init.start, text: '/* @__PURE__ */ (() => (' },
      ...cutsOf(init),
      { start: init.end, end: init.end, text: '))()' },
    ];
  });
}

/**
 * Takes the schemas out of the contract in the built page. What is then unused falls away, and zod with it (some 30 KB
 * brotli), unless a screen parses with a schema of its own: then zod comes with that screen.
 */
export function contractWithoutSchemas(): Plugin {
  return {
    name: 'stoa-contract-without-schemas',
    apply: 'build',
    enforce: 'post',
    transform: {
      filter: { id: /\/contract\/src\/.*\.ts$/ },
      handler(code) {
        const edits = nodesOf(this.parse(code).body).flatMap(editsOf);
        const slim = edits
          .toReversed()
          .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
        return { code: slim, map: null, moduleSideEffects: false };
      },
    },
  };
}
