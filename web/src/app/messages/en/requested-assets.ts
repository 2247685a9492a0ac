/** The texts of what was asked for before it was known: keys begin with `requestedAssets.`. ICU message syntax. */
export const requestedAssets = {
  'requestedAssets.title': 'Unregistered assets',
  'requestedAssets.lead':
    'People followed a link to something that no crawl has found, and asked for it. Connect or sync its platform: the next crawl that finds it hands their requests to its reviewers. Where it has another name here, say which asset is meant.',
  'requestedAssets.connections': 'Connections',
  'requestedAssets.tabs': 'By state',
  'requestedAssets.tab.waiting': 'Waiting',
  'requestedAssets.tab.closed': 'Nobody waits',
  'requestedAssets.tab.bound': 'Found',
  'requestedAssets.search': 'Search by name',
  'requestedAssets.asset': 'Asked for',
  'requestedAssets.who': 'Asked by',
  'requestedAssets.more': '{count, plural, one {and # other} other {and # others}}',
  'requestedAssets.since': 'First asked',
  'requestedAssets.found': 'Known as',
  'requestedAssets.matches':
    '{count, plural, =0 {Nothing of this name} one {One asset has this name} other {# assets have this name}}',
  'requestedAssets.bind': 'Say which',
  'requestedAssets.bindOf': 'Say which asset is meant by {name}',
  'requestedAssets.empty.waiting': 'Nobody waits for an unregistered asset',
  'requestedAssets.empty.closed': 'No closed requests for unregistered assets',
  'requestedAssets.empty.bound': 'None was found later yet',
  'requestedAssets.emptyText': 'What people ask for through a link that leads to nothing known appears here.',
  'requestedAssets.which': 'Which asset is meant?',
  'requestedAssets.whichText':
    '{count, plural, =0 {Nobody waits for it now.} one {The request that waits goes on at the asset you choose, under its reviewers.} other {The # requests that wait go on at the asset you choose, under its reviewers.}} The link leads there from then on. This cannot be undone.',
  'requestedAssets.choose': 'Asset',
  'requestedAssets.chooseFirst': 'Choose an asset first.',
  'requestedAssets.option': '{path} on {connection}',
  'requestedAssets.nothing': 'No asset of that name.',
  'requestedAssets.confirm':
    '{count, plural, =0 {It is this one} one {Hand the request over} other {Hand # requests over}}',
  'requestedAssets.done': 'The requests go on at the asset.',
} as const satisfies Record<string, string>;
