import { Select, type SelectProps } from '@mantine/core';

/** The library's list of values, for values that are words. */
export function WordSelect(props: SelectProps<string>) {
  return <Select {...props} />;
}
