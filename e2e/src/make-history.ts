import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { getDataProductRequestForms } from '@stoa/contract/asset';
import { signIn } from '@stoa/contract/auth';
import { getDataProductByName } from '@stoa/contract/data-product';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import type { AnswerOf, Operation } from '@stoa/contract/operation';
import { createUser } from '@stoa/contract/user';

type Input = { params?: Record<string, string>; body?: unknown };
type Caller = <O extends Operation>(operation: O, input?: Input) => Promise<AnswerOf<O>>;

const password = 'payments and invoices';
const colleagues = ['Elif Kaya', 'Finn Larsen', 'Ines Duarte', 'Hugo Silva', 'Mara Rossi', 'Nico Vidal', 'Tara Singh'];
const last = 'Rosa Blanco';

/** Somebody signed in, without a browser. */
async function enter(url: string, username: string, secret: string): Promise<Caller> {
  let cookie = '';
  const call: Caller = async (operation, { params = {}, body } = {}) => {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const headers = { origin: url, cookie, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(url + path, { method: operation.method, headers, ...sent });
    cookie ||= answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${operation.id} answered ${answer.status}: ${text}`);
    // The server has held the answer against the contract before it left.
    return (text === '' ? undefined : JSON.parse(text)) as never;
  };
  await call(signIn, { body: { username, password: secret } });
  return call;
}

/**
 * A team whose members were let in one after the other, and one more of them who asks now: what review assist needs before
 * it says anything. Answers the id of the last request.
 */
export async function makeHistory(url: string, product: string): Promise<string> {
  const admin = await enter(url, 'useradmin', 'stoa-sample');
  const steward = await enter(url, 'steward', 'stoa-sample');
  const { id } = await steward(getDataProductByName, { params: { name: product } });
  const forms = await steward(getDataProductRequestForms, { params: { id } });
  const fieldId = forms[0]?.fields[0]?.id;
  const group = await admin(createGroup, { body: { name: 'Controlling' } });
  const members: { username: string; globalUserId: string }[] = [];
  for (const name of [...colleagues, last]) {
    const username = name.toLowerCase().replace(' ', '.');
    const made = await admin(createUser, { body: { username, name, email: `${username}@example.com`, password } });
    members.push({ username, globalUserId: made.globalUserId });
  }
  const globalUserIds = members.map((member) => member.globalUserId);
  await admin(setGroupMembers, { params: { id: String(group.id) }, body: { globalUserIds } });
  let asked = '';
  for (const [at, { username, globalUserId }] of members.entries()) {
    const caller = await enter(url, username, password);
    const answers = [{ fieldId, value: 'I reconcile payments with invoices each month.' }];
    const made = await caller(requestAccess, { params: { id }, body: { user: globalUserId, form: { answers } } });
    asked = made.id;
    if (at === members.length - 1) break;
    const reason = at % 2 === 0 ? 'Part of the month-end work.' : 'Same team and same use as before.';
    await steward(determineAccessRequest, {
      params: { id: asked },
      body: { status: 'APPROVED', reason, duration: 90, durationUnit: 'DAYS' },
    });
  }
  return asked;
}
