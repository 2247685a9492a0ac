export type MailColours = {
  readonly brand: string;
  readonly accent: string;
  /** What is written on `brand`. */
  readonly onBrand: string;
  /** What is written in the colour of the brand on white; ink, where that could not be read. */
  readonly link: string;
};

const white = '#ffffff';
const black = '#000000';
const ink = '#112123';
/** WCAG 2.2, 1.4.3. */
const readable = 4.5;

function luminance(colour: string): number {
  const part = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** How well one colour is read on another, 1 to 21. Both are `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The colours of a message from the two that an administrator chose: whatever they are, its words can be read. */
export const mailColours = ({ primary, accent }: { primary: string; accent: string }): MailColours => ({
  brand: primary,
  accent,
  onBrand: contrast(primary, white) >= readable ? white : black,
  link: contrast(primary, white) >= readable ? primary : ink,
});
