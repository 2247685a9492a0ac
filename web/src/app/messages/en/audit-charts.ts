/** The texts of the charts above the audit trail. ICU message syntax. */
export const auditCharts = {
  'audit.chart.title': 'Events a day',
  'audit.chart.families': 'By what they are about',
  'audit.chart.text': 'Events a day from {from} to {to}, at most {most, number}.',
  'audit.chart.day':
    '{day}: {count, plural, one {# event} other {# events}}, {others, number} of them failed or refused',
  'audit.chart.most': 'at most {most, number} a day',
  'audit.chart.total': '{count, plural, one {# event} other {# events}}',
  'audit.chart.only': 'Only the newest {count, number} were looked at; narrow the time to see older days.',
  'audit.chart.none': 'Nothing in this time.',
  'audit.chart.noneOf': 'Nothing among the newest {count, number} events, which alone were looked at.',
  'audit.family.people': 'People',
  'audit.family.access': 'Access',
  'audit.family.catalogue': 'Catalogue',
  'audit.family.policy': 'Policies',
  'audit.family.native': 'On platforms',
  'audit.family.system': 'System',
} as const satisfies Record<string, string>;
