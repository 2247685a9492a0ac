import type { Operation } from '@stoa/contract/operation';
import { type InputOf, request } from './api.ts';

/** Saves the file that an operation answers to a body, under a name. */
export async function downloadFrom<O extends Operation>(operation: O, input: InputOf<O>, name: string): Promise<void> {
  const response = await request(operation, input);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
