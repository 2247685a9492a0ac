import type { Technology } from '@stoa/contract/enums';
import styles from './PlatformGlyph.module.css';

const letters: Readonly<Record<Technology, string>> = {
  Snowflake: 'Sf',
  PostgreSQL: 'Pg',
  Databricks: 'Db',
  Glue: 'Gl',
  MySQL: 'My',
  Teradata: 'Td',
  MariaDB: 'Ma',
  Oracle: 'Or',
  SQLServer: 'Ms',
  Trino: 'Tr',
  Redshift: 'Rs',
  BigQuery: 'Bq',
};

/** A platform, drawn in one colour: a drum with two letters. The name stands beside it or is its accessible name. */
export function PlatformGlyph({ technology, isNamed = false }: { technology: Technology; isNamed?: boolean }) {
  return (
    <span className={styles.glyph} {...(isNamed ? {} : { title: technology })}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        <path className={styles.drum} d="M2.5 4v12c0 1.4 3.4 2.5 7.5 2.5s7.5-1.1 7.5-2.5V4" />
        <ellipse className={styles.drum} cx="10" cy="4" rx="7.5" ry="2.5" />
        <text x="10" y="15" textAnchor="middle" className={styles.letters}>
          {letters[technology]}
        </text>
      </svg>
      <span className={isNamed ? undefined : 'sr-only'}>{technology}</span>
    </span>
  );
}
