/** ASCII letters in upper case; a platform must not need to know the letters of every language to say the same. */
export const upper = (value: string): string => value.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());

/** Letters in upper case, and none of the marks that people put between groups of digits. */
export const compact = (value: string): string => upper(value).replaceAll(/[ \-./]/g, '');

/** The digits as numbers, or null where something else stands among them or their count is another. */
export function digitsOf(text: string, ...lengths: readonly number[]): readonly number[] | null {
  if (!/^[0-9]+$/.test(text) || !lengths.includes(text.length)) return null;
  return [...text].map(Number);
}

/** The sum of digits times weights; as many as there are weights. */
export const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

/** Whether there are two different ones among them; one digit alone passes many sums and is nobody's number. */
export const areMixed = (digits: readonly number[]): boolean => digits.some((digit) => digit !== digits[0]);

/** Each second digit from the right doubled, the digits of the products added: divisible by ten (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: readonly number[]): boolean {
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const value = index % 2 === 0 ? digit : digit * 2;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The remainder of a number that may have more digits than a number can hold. */
export const remainder = (digits: string, by: number): number =>
  [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % by, 0);
