/** The texts of what is made below an asset later: keys begin with `assetFuture.`. ICU message syntax. */
export const assetFuture = {
  'assetFuture.title': 'Objects made later',
  'assetFuture.mode.native': 'Who has this asset reads new tables and views at once: the platform itself gives them.',
  'assetFuture.mode.sync':
    'Some new tables and views are readable only once Stoa has found them: it looks every half minute, and crawls where something is new.',
  'assetFuture.mode.undecided':
    'New tables and views are part of this asset. How soon they are readable is settled with its first access.',
  'assetFuture.schemas': 'How new objects become readable, schema by schema',
  'assetFuture.short.native': 'At once',
  'assetFuture.short.sync': 'After the next sweep',
  'assetFuture.by': 'At once, by default privileges: what {roles} makes.',
  'assetFuture.waits': 'After the next sweep: what {roles} makes.',
  'assetFuture.reason.setting': 'So it is set below: a crawl comes first.',
  'assetFuture.reason.newObjectsDisabled':
    'Here new objects are not enabled by themselves: a data owner enables each, and then it is readable.',
  'assetFuture.reason.policy':
    'A guardrail may bear on what is made there, so it is looked at before anybody reads it.',
  'assetFuture.reason.unseen': 'The account of the connection does not see this schema.',
  'assetFuture.reason.notGrantable': 'The account of the connection may not pass this schema on.',
  'assetFuture.reason.noRole': 'No role is known that may make objects here, other than superusers.',
  'assetFuture.reason.outOfReach':
    'The account of the connection may not act for everybody who makes objects here, so it cannot set their default privileges.',
  'assetFuture.reason.notSet': 'The platform does not hold the default privileges yet; the next run sets them again.',
  'assetFuture.repair': 'SQL that changes this, for an administrator',
  'assetFuture.verified': 'read back from the platform',
  'assetFuture.more': 'Show more of {count, plural, one {# schema} other {# schemas}}',
  'assetFuture.setting': 'What is wanted here',
  'assetFuture.setting.native': 'Readable at once, where the platform can',
  'assetFuture.setting.native.hint': 'Nobody looks at a new table before it is read.',
  'assetFuture.setting.sync': 'Readable after a crawl',
  'assetFuture.setting.sync.hint': 'Stoa finds a new table first, with its columns and tags, and then opens it.',
  'assetFuture.saved': 'Saved. The platform follows.',
} as const satisfies Record<string, string>;
