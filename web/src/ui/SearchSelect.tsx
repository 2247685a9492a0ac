import { type SelectProps, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';

const Select = lazy(() => import('./SearchSelectParts.tsx').then((parts) => ({ default: parts.WordSelect })));

/** One of many, found by typing. Its list comes after the screen; until then the field stands there as it will. */
export function SearchSelect(props: SelectProps<string>) {
  const chosen = (props.data ?? []).find(
    (one) => typeof one === 'object' && 'value' in one && one.value === props.value,
  );
  const shown = typeof chosen === 'object' && 'label' in chosen ? chosen.label : '';
  return (
    <Suspense
      fallback={
        <TextInput
          label={props.label}
          description={props.description}
          placeholder={props.placeholder}
          value={shown}
          aria-busy="true"
          readOnly
        />
      }
    >
      <Select {...props} />
    </Suspense>
  );
}
