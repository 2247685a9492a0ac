import { spawn } from 'node:child_process';
import { root } from './workspace.mjs';

/** Runs a program of node_modules with this Node; the exit code, and its output when it is not shown. */
export function runTool(script, args, { isShown = false, env = process.env } = {}) {
  return run(process.execPath, [script, ...args], { isShown, env });
}

/** Runs npm itself: the one that started us when there is one. */
export function runNpm(args, { isShown = true } = {}) {
  const npm = process.env.npm_execpath;
  if (npm) return run(process.execPath, [npm, ...args], { isShown });
  return run('npm', args, { isShown, shell: process.platform === 'win32' });
}

function run(command, args, { isShown, shell = false, env = process.env }) {
  return new Promise((resolve) => {
    const stdio = isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd: root, stdio, shell, env });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** One line per step with its time, and the step's whole output when it failed. True when it passed. */
export async function runStep(name, work) {
  const start = performance.now();
  const { code, output } = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0 && output) console.log(output.trimEnd());
  return code === 0;
}
