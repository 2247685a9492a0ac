/**
 * Named places where a test may stop the process: `FAILPOINT=<name>:kill|error|delay[:ms]`, or `<name>#<n>` for the n-th
 * time it is passed. The production build defines `STOA_FAIL_POINTS` as false, which removes the names from the bundle.
 */
declare const STOA_FAIL_POINTS: boolean | undefined;
const isCompiledIn = typeof STOA_FAIL_POINTS === 'undefined' || STOA_FAIL_POINTS;

const passed = new Map<string, number>();

export function failPoint(name: string): void {
  if (!isCompiledIn) return;
  const setting = process.env['FAILPOINT'];
  if (setting === undefined || setting === '') return;
  const [target, act, milliseconds] = setting.split(':');
  const [wanted, nth] = (target ?? '').split('#');
  if (wanted !== name) return;
  const count = (passed.get(name) ?? 0) + 1;
  passed.set(name, count);
  if (nth !== undefined && Number(nth) !== count) return;
  if (act === 'kill') process.kill(process.pid, 'SIGKILL');
  if (act === 'error') throw new Error(`fail-point ${name}`);
  if (act === 'delay') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(milliseconds ?? 100));
}
