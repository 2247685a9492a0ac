import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { InstantField } from '../../ui/InstantField.tsx';
import type { ListState } from '../../ui/list-search.ts';

/** A word that is looked for as it stands, once it was typed to its end. */
function Word({ list, name }: { list: ListState; name: 'actor' | 'target' }) {
  const t = useText();
  const [typed, setTyped] = useState(list.text(name) ?? '');
  const send = () => {
    if (typed.trim() !== (list.text(name) ?? '')) list.setFilters({ [name]: typed.trim() });
  };
  const onEnter = (event: KeyboardEvent) => {
    if (event.key === 'Enter') send();
  };
  return (
    <TextInput
      label={t(`audit.filter.${name}`)}
      value={typed}
      maxLength={255}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={send}
      onKeyDown={onEnter}
    />
  );
}

function Instant({ list, name }: { list: ListState; name: 'from' | 'to' }) {
  const t = useText();
  return (
    <InstantField
      label={t(`audit.filter.${name}`)}
      value={list.text(name)}
      onChange={(instant) => list.setFilters({ [name]: instant })}
    />
  );
}

/** Who, to what, and exactly when: asked for seldom, and each in the address. */
export function SeldomFilters({ list }: { list: ListState }) {
  return (
    <>
      <Word key={`actor ${list.text('actor') ?? ''}`} list={list} name="actor" />
      <Word key={`target ${list.text('target') ?? ''}`} list={list} name="target" />
      <Instant list={list} name="from" />
      <Instant list={list} name="to" />
    </>
  );
}
