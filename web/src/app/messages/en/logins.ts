/** The texts of several logins of one human: keys begin with `logins.`. ICU message syntax. */
export const logins = {
  'logins.title': 'The same person',
  'logins.lead':
    'Other logins of this human. Whatever one of them asks for, none of them decides. Nobody says it of their own logins.',
  'logins.none': 'No other login.',
  'logins.disabled': 'disabled',
  'logins.add': 'Another login of theirs',
  'logins.joinTitle': 'Are {name} and {other} one person?',
  'logins.joinText':
    'From the next decision on neither of them decides a request of the other, nor for one, and each sees the other’s requests as their own. Other logins that they have come along. Nobody gains or loses access, and what was decided before stands.',
  'logins.join': 'They are one person',
  'logins.joined': '{name} and {other} are one person.',
  'logins.part': 'Part this login',
  'logins.partTitle': 'Is {name} a person of their own?',
  'logins.partText':
    '{count, plural, one {The other login is} other {The # other logins are}} somebody else from then on, and may decide requests of this one.',
  'logins.parted': '{name} is a person of their own.',
} as const satisfies Record<string, string>;
