/** What is said where two people change attributes at once. ICU message syntax. */
export const attributeChanges = {
  'people.attribute.moved':
    'Somebody else changed the attributes meanwhile. They are shown now, with what you changed; look at them and save again.',
  'people.attribute.conflict':
    '{count, plural, =0 {Somebody else took away {name} meanwhile} other {Somebody else set {name} to {values} meanwhile}}; what you wrote is kept.',
  'people.attribute.chooseFirst': 'Say first which of the two values holds.',
  'people.attribute.takeTheirs': 'Take theirs',
  'people.attribute.keepMine': 'Keep mine',
} as const satisfies Record<string, string>;
