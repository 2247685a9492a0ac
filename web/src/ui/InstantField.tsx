import { TextInput, type TextInputProps } from '@mantine/core';

/** As the field shows it, in the reader's own time; what is no instant is shown as none. */
function localOf(text: string | undefined): string {
  if (text === undefined || Number.isNaN(Date.parse(text))) return '';
  const at = new Date(text);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** As it goes into the address and to the server; empty of what is no instant. */
const instantOf = (local: string): string =>
  local === '' || Number.isNaN(Date.parse(local)) ? '' : new Date(local).toISOString();

/** With it the year has four digits. */
const lastMinute = '9999-12-31T23:59';

type Props = Pick<TextInputProps, 'label' | 'rightSection' | 'className' | 'onBlur' | 'onKeyDown'> & {
  readonly value: string | undefined;
  /** RFC 3339 in UTC; empty once the field is. */
  readonly onChange: (instant: string) => void;
};

/** A date and a time, to the minute. */
export function InstantField({ value, onChange, ...field }: Props) {
  return (
    <TextInput
      {...field}
      type="datetime-local"
      max={lastMinute}
      value={localOf(value)}
      onChange={(event) => onChange(instantOf(event.currentTarget.value))}
    />
  );
}
