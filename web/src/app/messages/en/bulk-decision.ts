/** The sheet on which several requests are decided in one pass: keys begin with `bulkDecision.`. ICU message syntax. */
export const bulkDecision = {
  'bulkDecision.title': '{count, plural, one {Decide # request for {target}} other {Decide # requests for {target}}}',
  'bulkDecision.lead':
    'All ask for the same, with the same answers. Each is decided by itself: one that is refused keeps none of the others from being decided.',
  'bulkDecision.list': 'The requests',
  'bulkDecision.open': 'Read the evidence on {who} in a new tab',
  'bulkDecision.asked': 'asked: {period}',
  'bulkDecision.behalf': 'asked by {who}',
  'bulkDecision.conflict': 'Alike requests were decided both ways',
  'bulkDecision.changed.form': 'The form has a newer version',
  'bulkDecision.changed.flow': 'The review flow has a newer version',
  'bulkDecision.changed.agreement': 'An agreement has a newer version',
  'bulkDecision.awaits': 'Access waits until they accept the agreement',
  'bulkDecision.stages': '{satisfied} of {total} stages decided; others may have to decide as well',
  'bulkDecision.effect.none': 'Choose a decision; the effect is said here before you act.',
  'bulkDecision.effect.approve':
    '{count, plural, one {This person reads} other {These # people read}} it from now on, without end, unless others still have to decide.',
  'bulkDecision.effect.time':
    '{count, plural, one {This person reads} other {These # people read}} it for {period} from now on, unless others still have to decide.',
  'bulkDecision.effect.deny':
    '{count, plural, one {This request is} other {These # requests are}} denied as a whole, and nothing is granted. They may ask again.',
  'bulkDecision.button.approve': '{count, plural, one {Approve # without end} other {Approve # without end}}',
  'bulkDecision.button.time': '{count, plural, one {Approve # for {period}} other {Approve # for {period}}}',
  'bulkDecision.button.deny': '{count, plural, one {Deny #} other {Deny #}}',
  'bulkDecision.button.none': 'Decide',
  'bulkDecision.chooseFirst': 'Choose a decision first.',
  'bulkDecision.busy': 'being decided',
  'bulkDecision.part': 'Your part is decided; it waits for others',
  'bulkDecision.refused': 'Not decided.',
  'bulkDecision.done':
    '{decided, plural, =0 {None was decided} one {One was decided} other {# were decided}}{refused, plural, =0 {.} one {, one was not.} other {, # were not.}}',
  'bulkDecision.proved':
    '{proved, plural, =0 {None of {count} approved is read back and proved yet.} other {# of {count} approved: read back on the platforms, and proved.}}',
  'bulkDecision.plan.show': 'Show the statements',
  'bulkDecision.plan.title': 'The statements that approving would run',
  'bulkDecision.plan.nothing':
    'Nothing would run now for {count, plural, one {one of them} other {# of them}}, who may have it already, or no account there: {who}.',
  'bulkDecision.plan.bound':
    'Several at once are folded into fewer statements. Whose plan moves before you decide is not approved, and stays selected.',
  'bulkDecision.again': 'What was not decided stays selected. Close this, and decide it by itself or try again.',
  'bulkDecision.close': 'Close',
} as const satisfies Record<string, string>;
