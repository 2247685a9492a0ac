import {
  getAccessRequestById,
  getAccessRequestRecords,
  getRecentDeterminations,
  requestAccess,
  searchAccessRequests,
  searchDataProductAccessRequests,
} from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import type { Operation } from '@stoa/contract/operation';
import { readPublishedDocument } from '@stoa/contract/testing/published-document';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { makeContainer, makeProduct, standardAnswers } from './requests.fixture.ts';

const published = readPublishedDocument();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const problems = (operation: Operation, answer: { status: number; body: unknown }): readonly string[] => {
  const found = published?.operations.find((o) => o.method === operation.method && o.path === operation.path);
  const schema = found?.responses.get(String(answer.status));
  if (published === undefined || schema === undefined) return [`no schema for ${operation.id} ${answer.status}`];
  return published.checkerOf(schema)(answer.body);
};

it.runIf(published !== undefined)('every answer of a request fits the published document', async () => {
  const governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  const consumer = await server.person({ username: 'consumer' });
  const product = await makeProduct(server, governor);
  await makeContainer(server, product.id);
  const made = await consumer.call(requestAccess, {
    params: { id: product.id },
    body: { user: consumer.globalUserId, form: standardAnswers },
  });
  expect(problems(requestAccess, made)).toEqual([]);
  const params = { id: made.body.id };
  const open = await governor.call(getAccessRequestRecords, { params });
  expect(problems(getAccessRequestRecords, open)).toEqual([]);
  const decided = await governor.call(updateApprovalRecord, {
    params: { id: open.body.approvalRecords[0]?.id ?? '' },
    body: { status: 'APPROVED', reason: 'Fits.', duration: 1, durationUnit: 'MONTHS' },
  });
  expect(problems(updateApprovalRecord, decided)).toEqual([]);
  expect(problems(getAccessRequestRecords, await governor.call(getAccessRequestRecords, { params }))).toEqual([]);
  expect(problems(getAccessRequestById, await consumer.call(getAccessRequestById, { params }))).toEqual([]);
  expect(problems(searchAccessRequests, await consumer.call(searchAccessRequests))).toEqual([]);
  const byProduct = { params: { id: product.id } };
  expect(
    problems(searchDataProductAccessRequests, await governor.call(searchDataProductAccessRequests, byProduct)),
  ).toEqual([]);
  expect(problems(getRecentDeterminations, await governor.call(getRecentDeterminations, byProduct))).toEqual([]);
});
