import { amount, cardNumber, day, digits, iban, pick, reference, roll } from './expressions.ts';
import type { Sizes } from './sizes.ts';
import type { SchemaSpec, TableSpec } from './table.ts';
import * as vocabulary from './vocabulary.ts';

const id = (what: string) => ['id', 'integer', 'i', `Number of the ${what}.`] as const;
const accountCount = 120;
const costCenterCount = 24;

export function describeFinance(sizes: Sizes): SchemaSpec {
  return {
    name: 'finance',
    comment: 'General ledger and sub-ledgers, closed monthly.',
    tables: [...describeReceivables(sizes), ...describePayables(sizes), ...describeLedger(sizes)],
    views: [
      {
        name: 'open_invoices',
        comment: 'Invoices that nobody paid yet, with days overdue on 30 June 2026.',
        query: `select i.id, i.invoice_number, i.customer_id, i.amount, i.due_on, date '2026-06-30' - i.due_on as days_overdue
          from finance.invoices i where i.status = 'open'`,
      },
      {
        name: 'ledger_by_month',
        comment: 'Sums per account and month.',
        query: `select a.code, a.name, date_trunc('month', j.booked_on)::date as month, sum(j.debit) as debit, sum(j.credit) as credit
          from finance.journal_entries j join finance.accounts a on a.id = j.account_id group by 1, 2, 3`,
      },
    ],
  };
}

function describeReceivables({ customers, invoices, scaled }: Sizes): TableSpec[] {
  return [
    {
      name: 'invoices',
      comment: 'Invoices to customers.',
      rows: invoices,
      columns: [
        id('invoice'),
        [
          'invoice_number',
          'text not null',
          `'INV-' || (2021 + i % 6) || '-' || lpad(i::text, 6, '0')`,
          'Number on the paper.',
        ],
        ['customer_id', 'integer not null', reference(customers, 211), 'Customer; see sales.customers.'],
        ['amount', 'numeric(12,2) not null', amount(20, 3_500, 212), 'Value in euro, with tax.'],
        [
          'tax',
          'numeric(12,2)',
          `round(${amount(20, 3_500, 212)} * 0.19 / 1.19, 2)`,
          'Tax in euro, part of the amount.',
        ],
        ['issued_on', 'date not null', day('2021-01-01', 1_990, 214), 'Day of issue.'],
        ['due_on', 'date not null', `(${day('2021-01-01', 1_990, 214)} + 30)`, 'Last day for payment.'],
        [
          'status',
          'text not null',
          pick(['paid', 'paid', 'paid', 'paid', 'paid', 'open', 'dunned', 'written off'], 215),
          'open, paid, dunned or written off.',
        ],
      ],
      references: { customer_id: 'sales.customers' },
    },
    {
      name: 'payments',
      comment: 'Money received.',
      rows: scaled(35_000),
      columns: [
        id('payment'),
        ['invoice_id', 'integer not null', reference(invoices, 221), 'Invoice it settles.'],
        ['amount', 'numeric(12,2)', amount(20, 3_500, 222), 'Euro.'],
        ['method', 'text', pick(['card', 'card', 'transfer', 'direct debit', 'voucher'], 223), 'How it was paid.'],
        ['card_last_four', 'char(4)', digits(4, 224), 'Last four digits of the card. Personal data.'],
        ['received_on', 'date', day('2021-01-10', 1_990, 225), 'Value date.'],
      ],
      references: { invoice_id: 'finance.invoices' },
    },
    {
      name: 'payment_cards',
      comment: 'Cards that customers have stored for the next order. Sensitive personal data.',
      rows: scaled(6_000),
      columns: [
        id('card'),
        ['customer_id', 'integer not null', reference(customers, 226), 'Whose card it is.'],
        ['card_number', 'text not null', cardNumber(227), 'Number with its check digit. Sensitive.'],
        ['expires_on', 'date not null', day('2026-08-31', 1_500, 229), 'Last day on which it can be used.'],
      ],
      references: { customer_id: 'sales.customers' },
    },
    {
      name: 'dunning_letters',
      comment: 'Reminders sent.',
      rows: scaled(3_000),
      columns: [
        ['invoice_id', 'integer not null', reference(invoices, 231), 'Invoice.'],
        ['level', 'integer', `(1 + ${roll(3, 232)})::int`, '1 reminder, 2 warning, 3 last call.'],
        ['sent_on', 'date', day('2021-03-01', 1_900, 233), 'Day of sending.'],
      ],
      references: { invoice_id: 'finance.invoices' },
    },
  ];
}

function describePayables({ vendors, scaled }: Sizes): TableSpec[] {
  return [
    {
      name: 'vendors',
      comment: 'Suppliers.',
      rows: vendors,
      columns: [
        id('vendor'),
        [
          'name',
          'text not null',
          `${pick(vocabulary.lastNames, 241)} || ' & ' || ${pick(vocabulary.lastNames, 242)} || ' Ltd'`,
          'Company name.',
        ],
        ['tax_number', 'text', `'EU' || ${digits(9, 243)}`, 'Tax number.'],
        ['iban', 'text', iban(244), 'Account for payments. Confidential.'],
        ['country_code', 'char(2)', pick(vocabulary.countryCodes, 245), 'ISO 3166-1 alpha-2 code.'],
      ],
    },
    {
      name: 'vendor_invoices',
      comment: 'Invoices from suppliers.',
      rows: scaled(12_000),
      columns: [
        id('invoice'),
        ['vendor_id', 'integer not null', reference(vendors, 251), 'Supplier.'],
        ['cost_center_id', 'integer not null', reference(costCenterCount, 252), 'Who pays.'],
        ['amount', 'numeric(12,2)', amount(50, 40_000, 253), 'Euro.'],
        ['received_on', 'date', day('2021-01-01', 2_000, 254), 'Day of arrival.'],
        ['approved', 'boolean', `${roll(25, 255)} > 0`, 'Whether payment is released.'],
      ],
      references: { vendor_id: 'finance.vendors', cost_center_id: 'finance.cost_centers' },
    },
  ];
}

function describeLedger({ scaled }: Sizes): TableSpec[] {
  const kinds = ['asset', 'liability', 'equity', 'income', 'expense'];
  return [
    {
      name: 'accounts',
      comment: 'Chart of accounts.',
      rows: accountCount,
      columns: [
        id('account'),
        ['code', 'text not null', '(1000 + i * 10)::text', 'Code in the chart.'],
        ['name', 'text', `initcap(${pick(kinds, 261)}) || ' account ' || i`, 'Name.'],
        ['kind', 'text', pick(kinds, 261), 'asset, liability, equity, income or expense.'],
      ],
    },
    {
      name: 'cost_centers',
      comment: 'Cost centers.',
      rows: costCenterCount,
      columns: [
        id('cost center'),
        ['code', 'integer not null', '4000 + i * 10', 'Code, as in hr.departments.'],
        [
          'owner',
          'text',
          `${pick(vocabulary.firstNames, 266)} || ' ' || ${pick(vocabulary.lastNames, 267)}`,
          'Who answers for it.',
        ],
      ],
    },
    {
      name: 'journal_entries',
      comment: 'The general ledger.',
      rows: scaled(50_000),
      columns: [
        id('entry'),
        ['account_id', 'integer not null', reference(accountCount, 271), 'Account.'],
        ['cost_center_id', 'integer not null', reference(costCenterCount, 272), 'Cost center.'],
        ['booked_on', 'date not null', day('2021-01-01', 2_000, 273), 'Booking day.'],
        ['debit', 'numeric(14,2)', `case when i % 2 = 0 then ${amount(1, 9_000, 274)} else 0 end`, 'Debit in euro.'],
        ['credit', 'numeric(14,2)', `case when i % 2 = 1 then ${amount(1, 9_000, 274)} else 0 end`, 'Credit in euro.'],
        ['text', 'text', `'Voucher ' || ${digits(7, 275)}`, 'Booking text.'],
      ],
      references: { account_id: 'finance.accounts', cost_center_id: 'finance.cost_centers' },
    },
    {
      name: 'budgets',
      comment: 'Yearly budgets per cost center and account. Confidential until published.',
      rows: scaled(1_440),
      columns: [
        ['cost_center_id', 'integer not null', reference(costCenterCount, 281), 'Cost center.'],
        ['account_id', 'integer not null', reference(accountCount, 282), 'Account.'],
        ['year', 'integer', `(2021 + ${roll(6, 283)})::int`, 'Year.'],
        ['amount', 'numeric(14,2)', amount(500, 250_000, 284), 'Euro.'],
      ],
      references: { account_id: 'finance.accounts', cost_center_id: 'finance.cost_centers' },
    },
    {
      name: 'exchange_rates',
      comment: 'Daily rates against the euro.',
      rows: scaled(6_000),
      columns: [
        ['currency', 'char(3) not null', `(array['USD','GBP','CHF','SEK','PLN'])[1 + i % 5]`, 'ISO 4217 code.'],
        ['rate_on', 'date not null', `date '2023-01-01' + i / 5`, 'Day.'],
        [
          'rate',
          'numeric(12,6)',
          `round((800000 + ${roll(500_000, 291)}) / 1000000.0, 6)`,
          'Units of the currency for one euro.',
        ],
      ],
    },
  ];
}
