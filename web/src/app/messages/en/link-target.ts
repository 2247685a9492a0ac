/** The texts of the page that links of catalogs lead to: keys begin with `linkTarget.`. ICU message syntax. */
export const linkTarget = {
  'linkTarget.title': 'Request access',
  'linkTarget.noName': 'This link names no object',
  'linkTarget.noNameText':
    'It lacks fullyQualifiedName. Go back to the catalog and follow the link again, or find the asset here.',
  'linkTarget.bad': 'This link cannot be read',
  'linkTarget.badText': '{reason} Whoever put it into the catalog can mend it; you can also find the asset here.',
  'linkTarget.find': 'Find the asset',
  'linkTarget.several': 'Several assets have this name',
  'linkTarget.severalText': 'Choose the one you mean.',
  'linkTarget.candidates': 'Assets of this name',
  'linkTarget.candidate': 'Asset',
  'linkTarget.kind': 'Kind',
  'linkTarget.where': 'Platform',
  'linkTarget.choose': 'Request',
  'linkTarget.chooseOf': 'Request {name} on {connection}',
  'linkTarget.unregistered': 'Asset not registered',
  'linkTarget.unregisteredText':
    'No crawl has found it yet. You can ask all the same: the request is kept, governors are told, and once it is found its reviewers decide.',
  'linkTarget.asNamed': 'As the link names it',
  'linkTarget.noColumns': 'Its columns are not known yet',
  'linkTarget.noColumnsText':
    'Masked columns can be asked for once a crawl has found the asset. Ask for access to the data first, or find the asset here.',
} as const satisfies Record<string, string>;
