/** The texts of accepting an agreement: keys begin with `acceptance.`. ICU message syntax. */
export const acceptance = {
  'acceptance.text.whole': 'Show the whole text of {name}',
  'acceptance.text.less': 'Show less of {name}',
  'acceptance.accept': 'I accept “{name}”, version {version}',
  'acceptance.changed': 'This is a newer version than the one you accepted ({version}). What changed:',

  'acceptance.ask.title': '{who} asked for this access for you',
  'acceptance.ask.text': 'Read the agreement below. Access starts once you accept it, not before.',
  'acceptance.ask.pending': 'You may accept now; access starts when the request is approved.',
  'acceptance.ask.button': 'Accept',
  'acceptance.ask.buttonStart': 'Accept and start my access',
  'acceptance.ask.missing': 'Tick what you accept.',
  'acceptance.ask.done': 'Accepted.',
  'acceptance.ask.waits': 'Access waits for {who} to accept the data use agreement.',
  'acceptance.of.title': 'Data use agreements',
  'acceptance.of.acceptedBy': 'Accepted by {who}, {when}.',
  'acceptance.of.newer': 'A newer version exists; this request stands under the one below.',
  'acceptance.of.name': '{name}, version {version}',
  'acceptance.of.text': 'Read the text',
  'acceptance.of.hash': 'SHA-256',
} as const satisfies Record<string, string>;
