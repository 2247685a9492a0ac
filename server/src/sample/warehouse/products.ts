export type SampleProduct = {
  name: string;
  description: string;
  schema: string;
  /** Tables and views of that schema. */
  objects: readonly string[];
};

/** What the sample publishes. Each product lies in one schema. */
export const sampleProducts: readonly SampleProduct[] = [
  {
    name: 'Customer 360',
    description:
      'Customers with addresses, orders, returns and loyalty points: one picture of everybody who buys from us.',
    schema: 'sales',
    objects: [
      'customers',
      'customer_addresses',
      'orders',
      'order_items',
      'returns',
      'loyalty_points',
      'customer_overview',
    ],
  },
  {
    name: 'Workforce basics',
    description:
      'Who works where, without pay or health data: departments, the staff directory, headcount and trainings.',
    schema: 'hr',
    objects: ['departments', 'staff_directory', 'headcount_by_department', 'trainings', 'training_attendance'],
  },
  {
    name: 'Finance ledger',
    description: 'The general ledger with accounts, cost centers, invoices and payments, as closed each month.',
    schema: 'finance',
    objects: [
      'accounts',
      'cost_centers',
      'journal_entries',
      'invoices',
      'payments',
      'open_invoices',
      'ledger_by_month',
    ],
  },
];
