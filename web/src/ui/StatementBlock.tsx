import { UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import { useAnnounce } from './LiveRegion.tsx';
import styles from './StatementBlock.module.css';

type Props = {
  readonly statements: readonly string[];
  /** Where they run: the connection's name. The head then counts the statements. */
  readonly connection?: string;
  /** Other words for the head: what the code is for. */
  readonly title?: string;
  readonly isOpenAtFirst?: boolean;
};

const keyword =
  /\b(GRANT|REVOKE|SELECT|USAGE|CREATE|ALTER|DROP|ROLE|TO|FROM|ON|SCHEMA|TABLE|DATABASE|COMMENT|IS|WITH|OPTION|SET|BEGIN|COMMIT|INSERT|INTO|VALUES|DELETE|WHERE|AND|ADMIN|INHERIT|NOLOGIN|LOGIN|PASSWORD)\b/g;

/** Keywords in weight, not in colour: the names are what one reads. Quoted names are left alone. */
function Sql({ text }: { text: string }) {
  const parts = text.split(/("(?:[^"]|"")*"|'(?:[^']|'')*')/);
  return parts.map((part, at) => {
    if (at % 2 === 1) return part;
    return part.split(keyword).map((piece, place) =>
      // The pieces of one string never change places.
      place % 2 === 1 ? <b key={`${at}-${place}`}>{piece}</b> : piece,
    );
  });
}

/** The exact statements of a plan, folded until they are asked for. */
export function StatementBlock({ statements, connection = '', isOpenAtFirst = false, ...rest }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const clipboard = useClipboard({ timeout: 1500 });
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const id = useId();
  const title = rest.title ?? t('ui.statements.title', { count: statements.length, connection });
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const copy = () => {
    clipboard.copy(statements.join('\n'));
    announce(t('ui.copied'));
  };
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <UnstyledButton
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Chevron size={16} stroke={1.75} aria-hidden="true" />
          {title}
        </UnstyledButton>
        {isOpen && (
          <ActionButton
            label={clipboard.copied ? t('ui.copied') : t('ui.copy')}
            size="xs"
            tone="quiet"
            onClick={copy}
          />
        )}
      </div>
      <div id={id} hidden={!isOpen}>
        <pre className={styles.code} tabIndex={0} role="region" aria-label={title}>
          {statements.map((statement, at) => (
            <code key={`${at}${statement}`} className={styles.statement}>
              <Sql text={statement} />
            </code>
          ))}
        </pre>
      </div>
    </div>
  );
}
