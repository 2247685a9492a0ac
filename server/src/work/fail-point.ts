/**
 * Named places where a test may stop the process: `FAILPOINT=<name>:kill|error|delay[:ms]`, or `<name>#<n>` for the n-th
 * time it is passed. The production build defines `STOA_FAIL_POINTS` as false: this function is then empty, its calls are
 * dropped, and with them the names (reliability.md 4.1).
 */
declare const STOA_FAIL_POINTS: boolean | undefined;

export function failPoint(name: string): void {
  if (typeof STOA_FAIL_POINTS === 'undefined' || STOA_FAIL_POINTS) act(name);
}

/** Whether any fail-point of this family is set, for callers that would otherwise take a faster way past it. */
export function isFailPointSet(family: string): boolean {
  return (
    (typeof STOA_FAIL_POINTS === 'undefined' || STOA_FAIL_POINTS) &&
    process.env['FAILPOINT']?.startsWith(family) === true
  );
}

/** `sweep`: no look at a platform at all; `own-sweeps`: none but those that a test asks for. */
type Defence = 'request-lock' | 'kept-keys' | 'sweep' | 'own-sweeps';

/**
 * Whether the server runs without one of its defences (`STOA_WITHOUT=<name>,<name>`), so that a fault test can show that it sees what
 * they are there for. As the fail-points, in no build that people run.
 */
export function isWithout(defence: Defence): boolean {
  return (
    (typeof STOA_FAIL_POINTS === 'undefined' || STOA_FAIL_POINTS) &&
    (process.env['STOA_WITHOUT'] ?? '').split(',').includes(defence)
  );
}

const passed = new Map<string, number>();

function act(name: string): void {
  const setting = process.env['FAILPOINT'];
  if (setting === undefined || setting === '') return;
  const [target, what, milliseconds] = setting.split(':');
  const [wanted, nth] = (target ?? '').split('#');
  if (wanted !== name) return;
  const count = (passed.get(name) ?? 0) + 1;
  passed.set(name, count);
  if (nth !== undefined && Number(nth) !== count) return;
  if (what === 'kill') process.kill(process.pid, 'SIGKILL');
  if (what === 'error') throw new Error(`fail-point ${name}`);
  if (what === 'delay') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(milliseconds ?? 100));
}
