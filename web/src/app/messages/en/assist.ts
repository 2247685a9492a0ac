/** The texts of the list of how review assist fares: keys begin with `assist.`. ICU message syntax. */
export const assist = {
  'assist.title': 'Review assist',
  'assist.link': 'How review assist fares',
  'assist.section': 'Reviews',
  'assist.lead':
    'Each decision is held against what review assist recommended at that moment. It shows whether the advice fits a target; it judges nobody.',
  'assist.table': 'Targets and how the advice fared',
  'assist.search': 'Search targets',
  'assist.column.target': 'Target',
  'assist.column.followed': 'Followed',
  'assist.column.overridden': 'Decided otherwise',
  'assist.column.unadvised': 'Without advice',
  'assist.column.updated': 'Last counted',
  'assist.followed': '{accepted} of {advised}',
  'assist.never': 'never advised',
  'assist.emptyTitle': 'Nothing counted yet',
  'assist.emptyText':
    'Once somebody decides a request that you review or manage, its target appears here a few seconds later.',
} as const satisfies Record<string, string>;
