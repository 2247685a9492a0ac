import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import styles from './LinkTo.module.css';

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & {
  /** `text` inside sentences, `row` as the name of a record, `primary` and `button` where a link is the page's action. */
  readonly look?: 'text' | 'row' | 'button' | 'primary';
  readonly ref?: Ref<HTMLAnchorElement>;
};

function Anchor({ look = 'text', ref, className, ...rest }: Props) {
  const names = className === undefined ? styles[look] : `${styles[look]} ${className}`;
  return <a ref={ref} className={names} {...rest} />;
}

const Linked = createLink(Anchor);

/** A link to what is no screen of the app: a file, another site. */
export const PlainLink = Anchor;

/** A link inside the app: `to`, `params` and `search` are typed by the routes; its chunk is fetched on intent. */
export const LinkTo: LinkComponent<typeof Anchor> = (props) => <Linked preload="intent" {...props} />;
