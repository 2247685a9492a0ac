import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

export type CommandGroup = 'page' | 'goTo' | 'settings' | 'search';
export type Command = {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /** Shown at its right: `g m`. */
  readonly keys?: string;
  readonly run: () => void;
};

type Registry = {
  readonly add: (owner: object, commands: readonly Command[]) => void;
  readonly remove: (owner: object) => void;
};

const RegistryContext = createContext<Registry>({ add: () => undefined, remove: () => undefined });
const CommandsContext = createContext<readonly Command[]>([]);

/** What can be done from where one is: pages add their acts, the shell adds the ways to go. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const [entries, setEntries] = useState<ReadonlyMap<object, readonly Command[]>>(() => new Map());
  const registry = useMemo<Registry>(
    () => ({
      add: (owner, commands) => setEntries((before) => new Map(before).set(owner, commands)),
      remove: (owner) =>
        setEntries((before) => {
          const rest = new Map(before);
          rest.delete(owner);
          return rest;
        }),
    }),
    [],
  );
  const commands = useMemo(() => [...entries.values()].flat(), [entries]);
  return (
    <RegistryContext value={registry}>
      <CommandsContext value={commands}>{children}</CommandsContext>
    </RegistryContext>
  );
}

/** Offers commands while the component is mounted. */
export function useCommands(commands: readonly Command[]) {
  const registry = useContext(RegistryContext);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const signature = JSON.stringify(commands.map(({ run: _, ...rest }) => rest));
  useEffect(() => {
    const owner = {};
    const stable = latest.current.map((command, at) => ({ ...command, run: () => latest.current[at]?.run() }));
    if (signature === '[]') return;
    registry.add(owner, stable);
    return () => registry.remove(owner);
  }, [registry, signature]);
}

export const useRegisteredCommands = (): readonly Command[] => useContext(CommandsContext);
