/** The texts of the screens of people and groups: keys begin with `people.`. ICU message syntax. */
export const people = {
  'people.find.placeholder': 'Type a name',
  'people.find.user': '{name} ({username})',
  'people.find.group': '{name} (group)',
  'people.find.nobody': 'Nobody of that name',
} as const satisfies Record<string, string>;
