import { describeAboutUs, describeQuoted, describeReserved } from './awkward.ts';
import { describeFinance } from './finance.ts';
import { describeSales } from './sales.ts';
import { describeSupport, describeWeb } from './support.ts';
import { chooseSizes } from './sizes.ts';
import type { SchemaSpec } from './table.ts';
import { describeWorkforce } from './workforce.ts';

/** Every schema of the sample warehouse, in two parts of about the same work, to be filled side by side. */
export function describeWarehouse(scale: number): readonly [SchemaSpec[], SchemaSpec[]] {
  const sizes = chooseSizes(scale);
  return [
    [describeSales(sizes)],
    [
      describeWorkforce(sizes),
      describeFinance(sizes),
      describeSupport(sizes),
      describeWeb(sizes),
      describeAboutUs(),
      describeReserved(),
      describeQuoted(),
    ],
  ];
}
