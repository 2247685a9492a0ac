import Markdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';

// Headings of a text must not outrank those of the page it stands on; pictures would call other hosts.
const components: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  img: ({ alt }) => <span>{alt}</span>,
  a: ({ children, href }) => (
    <a href={href} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  ),
};

export function MarkdownBody({ text }: { text: string }) {
  return (
    <Markdown rehypePlugins={[rehypeSanitize]} components={components}>
      {text}
    </Markdown>
  );
}
