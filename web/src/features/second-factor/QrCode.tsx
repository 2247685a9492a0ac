import { encode } from 'uqr';
import { useText } from '../../app/messages/use-text.tsx';

/** A text as a QR code, drawn here: it holds a secret, which goes nowhere. */
export function QrCode({ text }: { text: string }) {
  const t = useText();
  const { size, data } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      role="img"
      aria-label={t('secondFactor.picture')}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      // Dark on light in every theme: that is what cameras read.
      style={{ inlineSize: 200, maxInlineSize: '100%', background: '#ffffff' }}
    >
      <path d={path} fill="#000000" />
    </svg>
  );
}
