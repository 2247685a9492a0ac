import * as contract from '@stoa/contract/slack';
import { browserOf, credentialsOf, goBack } from '../features/slack/slack.fixture.ts';
import type { TestPerson } from '../testing/people.ts';
import type { LocalSlack } from '../testing/slack.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Slack before it is set up, connected, with a token that Slack knows no more, and removed again. */
export async function askSlack({ held: { ask }, people, server }: PublishedWorld, slack: LocalSlack): Promise<void> {
  const { appadmin, consumer } = people;
  for (const person of [appadmin, consumer])
    for (const operation of [contract.getSlackConfiguration, contract.testSlackConnection, contract.getSlackApp])
      await ask(person, operation);
  const { clientId, clientSecret, signingSecret } = credentialsOf(slack);
  await ask(appadmin, contract.startSlackInstall);
  await ask(appadmin, contract.setSlackApp, { body: { clientId, clientSecret } });
  await ask(consumer, contract.setSlackApp, { body: { clientId, clientSecret, signingSecret } });
  await ask(appadmin, contract.setSlackApp, { body: { clientId, clientSecret, signingSecret } });
  const headers = await browserOf(server, appadmin);
  const call: TestPerson['call'] = (operation, input) => server.nobody.call(operation, { ...input, headers });
  const started = await ask({ call }, contract.startSlackInstall);
  await goBack(server, slack.allow(started.body.url), headers);
  await ask(appadmin, contract.getSlackConfiguration);
  await ask(appadmin, contract.getSlackApp);
  await ask(appadmin, contract.testSlackConnection);
  slack.revokeTokens();
  await ask(appadmin, contract.testSlackConnection);
  for (const person of [consumer, appadmin, appadmin]) await ask(person, contract.deleteSlackConfiguration);
}
