/** Lists as their reader wants to see them again: keys begin with `savedViews.`. ICU message syntax. */
export const savedViews = {
  'savedViews.open': 'Saved views',
  'savedViews.key': 'Saved views of this list',
  'savedViews.lead': 'Filters and order under a name of your own. Nobody else sees them.',
  'savedViews.list': 'Your saved views',
  'savedViews.empty': 'None yet. Set filters on the list, open this again and give them a name.',
  'savedViews.now': 'shown now',
  'savedViews.remove': 'Remove',
  'savedViews.removeThis': 'Remove the view {name}',
  'savedViews.removed': 'The view {name} is removed.',
  'savedViews.name': 'Name for what is shown now',
  'savedViews.nameHint': 'A name that is there already is given this view instead.',
  'savedViews.nameMissing': 'Give it a name.',
  'savedViews.save': 'Save this view',
  'savedViews.saved': 'Saved as {name}.',
} as const satisfies Record<string, string>;
