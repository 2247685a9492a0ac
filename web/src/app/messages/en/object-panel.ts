/** What the panel of an object says once it is open. */
export const objectPanel = {
  'objects.exposure': 'How it is read',
  'objects.exposure.inherit': 'As above',
  'objects.exposure.auto': 'Through a view once a data policy acts on it',
  'objects.exposure.views': 'Always through a view',
  'objects.exposure.base': 'Never through a view',
  'objects.exposureHint.inherit': 'Now: {above}.',
  'objects.exposureHint.auto': 'Until then at its own name.',
  'objects.exposureHint.views': 'Its name for consumers stays the same when a policy comes or goes.',
  'objects.exposureHint.base': 'What a data policy acts on is then given to nobody.',
  'objects.readers': 'Who has access',
  'objects.findings': '{count, plural, =0 {Findings} one {# open finding} other {# open findings}}',
  'objects.audit': 'What happened to it',
} as const satisfies Record<string, string>;
