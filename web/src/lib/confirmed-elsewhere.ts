/** By which another tab says that it confirmed a login; both have the same cookie. */
const channelName = 'stoa-confirmed-login';

export function tellConfirmed(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage('confirmed');
  channel.close();
}

/** Calls back once another tab has confirmed; answers what ends the waiting. */
export function whenConfirmed(then: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = then;
  return () => channel.close();
}
