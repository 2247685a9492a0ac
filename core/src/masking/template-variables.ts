import type { Call, Template, Variable } from '../condition/model.ts';

const variablesOf = (template: Template): Variable[] =>
  template.flatMap((part) => ('variable' in part ? [part.variable] : []));

/** The variables that stand in the strings of a call. */
export function templateVariables(call: Call): readonly Variable[] {
  switch (call.name) {
    case 'hasAttribute':
      return [...variablesOf(call.attribute), ...variablesOf(call.value)];
    case 'isInGroups':
      return call.groups.flatMap(variablesOf);
    case 'hasTagAsAttribute':
      return variablesOf(call.attribute);
    case 'hasTagAsGroup':
      return [];
  }
}
