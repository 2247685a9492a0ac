import type { FormField } from '@stoa/contract/request-form';
import { useState } from 'react';
import type { FlowDraft } from '../../features/review-flows/flow-draft.ts';
import { FlowEditor } from '../../features/review-flows/FlowEditor.tsx';
import { Sample } from './Sample.tsx';

const fields: readonly FormField[] = [
  {
    id: 'f1',
    type: 'DROPDOWN',
    label: 'Purpose',
    required: true,
    options: [{ value: 'Research' }, { value: 'Audit' }],
  },
  { id: 'f2', type: 'SHORT_ANSWER', label: 'Why do you need it?', required: true },
];

const flow: FlowDraft = {
  rules: [
    {
      conditions: {
        all: [
          { fact: 'answers', path: '$.f1', operator: 'equal', value: 'Research' },
          { fact: 'userGroups', operator: 'contains', value: 'Marketing' },
        ],
      },
      event: {
        type: 'approve',
        params: { comment: 'Research by marketing is agreed.', duration: 30, durationUnit: 'DAYS' },
      },
    },
    {
      conditions: {
        any: [
          { fact: 'duration', operator: 'greaterThan', value: 365 },
          { not: { any: [{ fact: 'risk', operator: 'in', value: ['LOW', 'MODERATE'] }] } },
        ],
      },
      event: { type: 'deny', params: { comment: 'Ask for a year at most.' } },
    },
  ],
  defaultEvent: {
    type: 'review',
    params: {
      stages: [
        {
          any: [
            { type: 'PERMISSION', permission: 'GOVERNANCE' },
            { type: 'GROUP', name: 'Legal' },
          ],
        },
        { all: [{ type: 'CATALOG PERMISSION' }, { type: 'ATTRIBUTE', key: 'Duty', value: 'Privacy' }] },
      ],
    },
  },
};

export function FlowSamples() {
  const [value, setValue] = useState(flow);
  return (
    <>
      <Sample title="Review flow">
        <FlowEditor
          value={value}
          onChange={setValue}
          fields={fields}
          mode="form"
          problems={[
            { path: 'defaultEvent.params.stages[1][0]', message: 'Catalog permissions cannot name reviewers here.' },
          ]}
        />
      </Sample>
      <Sample title="Review flow, to read">
        <FlowEditor value={flow} onChange={setValue} fields={fields} mode="form" readOnly />
      </Sample>
    </>
  );
}
