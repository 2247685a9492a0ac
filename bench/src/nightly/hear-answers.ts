import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** One answer to a call of this process. */
export type Heard = { method: string; path: string; status: number; contentType: string };
type Message = {
  request: { method: string; path: string };
  response: { statusCode: number; headers: readonly Uint8Array[] };
};
const channel = 'undici:request:headers';

/** Tells `listener` of every answer that this process gets by `fetch`, whoever called. Answers how to end that. */
export function hearAnswers(listener: (heard: Heard) => void): () => void {
  const hear = (message: unknown) => {
    const { request, response } = message as Message;
    const headers = response.headers.map((part) => Buffer.from(part).toString('latin1'));
    const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
    listener({
      method: request.method,
      path: request.path,
      status: response.statusCode,
      contentType: at < 0 ? '' : (headers[at + 1] ?? ''),
    });
  };
  subscribe(channel, hear);
  return () => void unsubscribe(channel, hear);
}
