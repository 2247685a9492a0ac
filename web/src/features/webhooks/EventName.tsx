import { Fragment } from 'react';

/** The name of a type of event; it may break after its dots, and nowhere within a word. */
export function EventName({ type }: { type: string }) {
  return (
    <span className="mono">
      {type.split('.').map((part, at, parts) => (
        <Fragment key={parts.slice(0, at + 1).join('.')}>
          {part}
          {at < parts.length - 1 && (
            <>
              .<wbr />
            </>
          )}
        </Fragment>
      ))}
    </span>
  );
}
