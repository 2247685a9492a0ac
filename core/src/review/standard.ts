import type { Flow } from './flow.ts';
import type { FormField } from './form.ts';

const question: FormField = {
  id: '00000000-0000-4000-8000-000000000002',
  type: 'SHORT_ANSWER',
  label: 'What are your responsibilities, what will you use this data for, and why do you need it?',
  required: true,
};
const delegates: Flow = { rules: [], defaultEvent: { type: 'dataProductPolicy', params: {} } };

/** The form of every target without one of its own. It delegates, and can be neither edited nor deleted. */
export const standardRequestForm = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Standard Request Form',
  fields: [question],
  policy: delegates,
  dataUseAgreements: [],
} as const;

/** Who decides on a data product when its form delegates and it names nobody. */
export const defaultProductFlow: Flow = {
  rules: [],
  defaultEvent: {
    type: 'review',
    params: {
      stages: [
        {
          any: [
            { type: 'PERMISSION', permission: 'GOVERNANCE' },
            { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
          ],
        },
      ],
    },
  },
};

/** Who decides on an asset when its form delegates and neither it nor an ancestor names anybody. */
export const defaultAssetFlow: Flow = {
  rules: [],
  defaultEvent: {
    type: 'review',
    params: { stages: [{ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }] },
  },
};
