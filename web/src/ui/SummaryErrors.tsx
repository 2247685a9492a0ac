import { useEffect, useRef } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './SummaryErrors.module.css';

export type FieldError = { readonly fieldId: string; readonly message: string };

/** The errors of a form above it, each a link to its field. It takes the focus each time a submit brought some. */
export function SummaryErrors({ errors, attempt }: { errors: readonly FieldError[]; attempt: number }) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const hasErrors = errors.length > 0;
  useEffect(() => {
    if (attempt > 0 && hasErrors) box.current?.focus();
  }, [attempt, hasErrors]);
  if (!hasErrors) return null;
  return (
    <div ref={box} tabIndex={-1} role="group" aria-labelledby="summary-errors" className={styles.box}>
      <p id="summary-errors" className={styles.title}>
        {t('ui.form.summary', { count: errors.length })}
      </p>
      <ul className={styles.list}>
        {errors.map((error) => (
          <li key={`${error.fieldId} ${error.message}`}>
            <a
              href={`#${error.fieldId}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(error.fieldId)?.focus();
              }}
            >
              {error.message}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
