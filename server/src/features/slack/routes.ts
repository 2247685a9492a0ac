import * as slack from '@stoa/contract/slack';
import { Refusal } from '../../http/refusal.ts';
import { type RawRoute, type Route, rawRoute, route } from '../../http/route.ts';
import { completeInstall, type InstallOutcome, startInstall } from './install.ts';
import { receiveInteraction } from './receive-interaction.ts';
import { readConfiguration, readSlackApp, removeSlack, testSlack, writeSlackApp } from './settings.ts';

/** Where the browser goes on after Slack. */
function settingsPage(outcome: InstallOutcome): string {
  const search = typeof outcome === 'string' ? { outcome } : { outcome: 'failed', error: outcome.failed.slice(0, 200) };
  return `/admin/settings/slack?${new URLSearchParams(search).toString()}`;
}

/** Connecting Slack, and what people do there. */
export const slackRoutes: readonly (Route | RawRoute)[] = [
  route(slack.getSlackConfiguration)(async ({ deps, actor, call }) => ({
    status: 200,
    body: await readConfiguration(deps, { actor, call }),
  })),
  route(slack.deleteSlackConfiguration)(async ({ deps, actor, call }) => {
    await removeSlack(deps, { actor, call });
    return { status: 200 };
  }),
  route(slack.testSlackConnection)(async ({ deps, actor, call }) => ({
    status: 200,
    body: await testSlack(deps, { actor, call }),
  })),
  route(slack.getSlackApp)(async ({ deps, actor, call }) => ({
    status: 200,
    body: await readSlackApp(deps, { actor, call }),
  })),
  route(slack.setSlackApp)(async ({ deps, actor, body, call }) => {
    await writeSlackApp(deps, body, { actor, call });
    return { status: 200, body: await readSlackApp(deps, { actor, call }) };
  }),
  route(slack.startSlackInstall, { answersSecret: true })(async ({ deps, actor, call }) => ({
    status: 200,
    body: { url: await startInstall(deps, { actor, call }) },
  })),
  rawRoute(slack.completeSlackInstall, async ({ deps, call, actor }, request, reply) => {
    // It does something, once: whoever only looks at a link must not.
    if (request.method === 'HEAD')
      throw new Refusal('route.method_not_allowed', { headers: { allow: 'GET, OPTIONS' } });
    const query = slack.completeSlackInstall.query.safeParse(request.query).data ?? {};
    return reply.redirect(settingsPage(await completeInstall(deps, { query, actor, call })), 302);
  }),
  rawRoute(slack.receiveSlackInteraction, async ({ deps, call }, request, reply) =>
    receiveInteraction({ deps, call }, request, reply),
  ),
];
