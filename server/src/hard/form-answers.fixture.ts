import { updateDataProduct } from '@stoa/contract/data-product';
import type { FormField } from '@stoa/contract/request-form';
import * as forms from '@stoa/contract/request-form';
import { standardRequestForm } from '@stoa/core/review/standard';
import { newCuid, newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

const fields = (): FormField[] => [
  { id: newUuid(), type: 'SHORT_ANSWER', label: 'Wofür? “ünï”', required: false },
  { id: newUuid(), type: 'DROPDOWN', label: 'Where?', required: true, options: [{ value: 'Östlich' }] },
  {
    id: newUuid(),
    type: 'CHECKBOXES',
    label: 'Which?',
    required: false,
    options: [{ value: 'a' }, { value: 'b' }],
  },
  { id: newUuid(), type: 'ACCESS_DURATION', label: forms.durationLabel, required: true },
];

/** Makes, changes, compares and deletes request forms, with what is there and what is not. */
export async function askForms({ held: { ask }, people, products }: PublishedWorld): Promise<void> {
  const { consumer, governor, manager } = people;
  const approve = { type: 'approve', params: { comment: 'Öffentlich.', duration: 3, durationUnit: 'MONTHS' } } as const;
  const asked = fields();
  const policy = {
    rules: [
      {
        conditions: { any: [{ fact: 'answers', path: `$.${asked[1]?.id}`, operator: 'equal', value: 'Östlich' }] },
        event: approve,
      },
    ],
    defaultEvent: {
      type: 'review' as const,
      params: { stages: [{ all: [{ type: 'GROUP' as const, name: 'Ärzte & Co' }] }] },
    },
  };
  const body = { name: 'Förm', fields: asked, policy };
  const made = await ask(governor, forms.createRequestForm, { body });
  await ask(governor, forms.createRequestForm, { body });
  await ask(governor, forms.createRequestForm, { body: { ...body, name: 'x', fields: [] } });
  await ask(consumer, forms.createRequestForm, { body });
  const params = { id: made.body.id };
  await ask(manager, updateDataProduct, { params: { id: products.main }, body: { requestFormId: made.body.id } });
  for (const change of [{ fields: asked.slice(1) }, { name: 'Förm 2' }, { dataUseAgreementIds: [newUuid()] }]) {
    await ask(manager, forms.previewRequestForm, { body: { ...params, ...change } });
    await ask(manager, forms.updateRequestForm, { params, body: change });
  }
  const versions = await ask(consumer, forms.listRequestFormVersions, { params, query: { limit: 50 } });
  for (const { version } of [...versions.body.data, { version: newCuid() }]) {
    await ask(consumer, forms.getRequestFormByVersion, { params: { version } });
    await ask(consumer, forms.compareRequestFormVersions, { params: { ...params, version } });
    await ask(consumer, forms.compareRequestFormVersions, { params: { ...params, version }, query: { from: version } });
  }
  for (const id of [made.body.id, standardRequestForm.id, newUuid()]) {
    await ask(consumer, forms.getFormDataProducts, { params: { id } });
    await ask(consumer, forms.getFormAssets, { params: { id } });
    await ask(consumer, forms.updateRequestForm, { params: { id }, body: { name: 'No' } });
    await ask(governor, forms.deleteRequestFormById, { params: { id } });
  }
  const standard = { requestFormId: standardRequestForm.id };
  await ask(manager, updateDataProduct, { params: { id: products.main }, body: standard });
  await ask(governor, forms.deleteRequestFormById, { params });
}
