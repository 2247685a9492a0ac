/** Rows of the tables that others refer to. */
export type Sizes = {
  customers: number;
  products: number;
  stores: number;
  campaigns: number;
  orders: number;
  employees: number;
  vendors: number;
  invoices: number;
  tickets: number;
  sessions: number;
  /** For tables that nobody refers to. */
  scaled: (rows: number) => number;
};

/** Scale 1 is the sample that people see; tests take less. */
export function chooseSizes(scale: number): Sizes {
  const scaled = (rows: number) => Math.max(10, Math.round(rows * scale));
  return {
    customers: scaled(40_000),
    products: scaled(1_200),
    stores: scaled(60),
    campaigns: scaled(64),
    orders: scaled(90_000),
    employees: scaled(2_400),
    vendors: scaled(800),
    invoices: scaled(40_000),
    tickets: scaled(16_000),
    sessions: scaled(20_000),
    scaled,
  };
}
