/** The texts about who reads a data source: keys begin with `activity.`. ICU message syntax. */
export const activity = {
  'activity.title': 'Who reads it',
  'activity.checks': 'The checks of the connection',
  'activity.notTold':
    'The platform does not tell who reads what, so nothing is known here: neither use nor that there was none. {checks} say what is missing, with the SQL that mends it.',
  'activity.failed': 'The last look at the platform failed: {why}',
  'activity.off': 'Reading who reads what is switched off in the settings of this installation.',
  'activity.waiting':
    'Counting begins with the first look at the platform, which comes within {minutes, plural, one {# minute} other {# minutes}}.',
  'activity.fromStatistics':
    'From the platform’s own statement counters, counted since {since}; last looked at {last}.',
  'activity.fromLog': 'From the platform’s own log, read since {since}; last looked at {last}.',
  'activity.forgotten':
    'The platform forgot {count, plural, one {# statement} other {# statements}} between two looks, so counts may be low.',
  'activity.unresolved':
    '{count, plural, one {# call} other {# calls}} on this connection could not be assigned to a table.',
  'activity.perhaps':
    'Reads that are said to be perhaps of this table may have meant another of the same name, which the login can read as well.',
  'activity.summary':
    '{calls} reads by {accounts, plural, one {# login} other {# logins}} in the last {days, plural, one {# day} other {# days}}, the last one {last}.',
  'activity.chart': 'Reads per day from {from} to {to}; at most {most, number} on one day',
  'activity.day':
    '{day}: {calls, plural, =0 {not read} one {# read} other {# reads}}{accounts, plural, =0 {} one { by # login} other { by # logins}}',
  'activity.most': 'highest: {most, number} a day',
  'activity.search': 'Search people and logins',
  'activity.table': 'Who read the data source',
  'activity.emptyTitle': 'Nobody read it in the last {days, plural, one {# day} other {# days}}',
  'activity.emptyText': 'As far as the platform tells: reads before counting began are not known.',
  'activity.before.title': 'How they used it before',
  'activity.before.count': '{used} of {sources} data sources',
  'activity.before.unknown': 'The platforms do not tell who reads what, so this is not known.',
  'activity.before.none':
    'Not read in the last {days, plural, one {# day} other {# days}}; reads are counted since {since}.',
  'activity.before.some':
    '{calls, plural, one {# read} other {# reads}} of {used} of {sources, plural, one {# data source} other {# data sources}} in the last {days, plural, one {# day} other {# days}}, the last one {last}.',
  'activity.before.partly':
    '{count, plural, one {# data source lies} other {# data sources lie}} on a platform that does not tell.',
} as const satisfies Record<string, string>;
