import { amount, day, digits, literal, moment, mostly, pick, plain, reference, roll } from './expressions.ts';
import type { Sizes } from './sizes.ts';
import type { SchemaSpec, TableSpec } from './table.ts';
import * as vocabulary from './vocabulary.ts';

const id = (what: string) => ['id', 'integer', 'i', `Number of the ${what}.`] as const;

export function describeSales(sizes: Sizes): SchemaSpec {
  return {
    name: 'sales',
    comment: 'Customers, catalogue and orders of the shop, loaded nightly from the order system.',
    tables: [...describeCustomers(sizes), ...describeCatalogue(sizes), ...describeOrders(sizes)],
    views: [
      {
        name: 'customer_overview',
        comment: 'One row per customer with the number and value of the orders so far.',
        query: `select c.id, c.first_name, c.last_name, c.email, c.country_code, c.loyalty_tier, count(o.id) as orders,
          coalesce(sum(o.total), 0) as revenue, max(o.ordered_at) as last_order_at
          from sales.customers c left join sales.orders o on o.customer_id = c.id group by c.id`,
      },
      {
        name: 'monthly_revenue',
        comment: 'Revenue and orders by month and store.',
        query: `select date_trunc('month', o.ordered_at)::date as month, s.name as store, count(*) as orders, sum(o.total) as revenue
          from sales.orders o join sales.stores s on s.id = o.store_id where o.status <> 'cancelled' group by 1, 2`,
      },
      {
        name: 'product_ranking',
        comment: 'Products by units sold.',
        query: `select p.id, p.name, p.category, sum(l.quantity) as units, sum(l.quantity * l.unit_price) as revenue
          from sales.products p join sales.order_items l on l.product_id = p.id group by p.id`,
      },
    ],
  };
}

function describeCustomers({ customers, scaled }: Sizes): TableSpec[] {
  const first = pick(vocabulary.firstNames, 11);
  const last = pick(vocabulary.lastNames, 12);
  return [
    {
      name: 'customers',
      comment: 'People and companies that have bought at least once. Personal data.',
      rows: customers,
      columns: [
        id('customer'),
        ['first_name', 'text not null', first, 'Given name.'],
        ['last_name', 'text not null', last, 'Family name.'],
        [
          'email',
          'text not null',
          `${plain(first)} || '.' || ${plain(last)} || i || '@example.com'`,
          'Address for order mails. Personal data.',
        ],
        ['phone', 'text', mostly(80, `'+49 1555 ' || ${digits(7, 13)}`, 14), 'Mobile number. Personal data.'],
        [
          'date_of_birth',
          'date',
          mostly(70, day('1945-01-01', 22_000, 15), 16),
          'Asked for the birthday voucher. Personal data.',
        ],
        ['city', 'text', pick(vocabulary.cities, 17), 'City of the main address.'],
        ['country_code', 'char(2)', pick(vocabulary.countryCodes, 17), 'ISO 3166-1 alpha-2 code of the main address.'],
        [
          'loyalty_tier',
          'text',
          pick(['none', 'none', 'none', 'silver', 'silver', 'gold'], 18),
          'Tier of the loyalty programme: none, silver or gold.',
        ],
        ['registered_at', 'timestamptz', moment('2019-01-01', 2_700, 19), 'When the account was opened.'],
      ],
    },
    {
      name: 'customer_addresses',
      comment: 'Delivery and invoice addresses; a customer may have several.',
      rows: scaled(50_000),
      columns: [
        id('address'),
        ['customer_id', 'integer not null', reference(customers, 21), 'Whose address it is.'],
        ['kind', 'text', pick(['delivery', 'delivery', 'invoice'], 22), 'Delivery or invoice.'],
        [
          'street',
          'text',
          `${pick(vocabulary.streets, 23)} || ' ' || (1 + ${roll(180, 24)})`,
          'Street and number. Personal data.',
        ],
        ['postal_code', 'text', digits(5, 25), 'Postal code.'],
        ['city', 'text', pick(vocabulary.cities, 26), 'City.'],
        ['country_code', 'char(2)', pick(vocabulary.countryCodes, 26), 'ISO 3166-1 alpha-2 code.'],
      ],
      references: { customer_id: 'sales.customers' },
    },
    {
      name: 'loyalty_points',
      comment: 'Points earned and spent.',
      rows: scaled(20_000),
      columns: [
        id('booking'),
        ['customer_id', 'integer not null', reference(customers, 31), 'Whose points.'],
        ['points', 'integer', `${roll(500, 32)}::int - 100`, 'Positive when earned, negative when spent.'],
        ['booked_on', 'date', day('2023-01-01', 1_250, 33), 'Day of the booking.'],
      ],
      references: { customer_id: 'sales.customers' },
    },
  ];
}

function describeCatalogue({ products, stores, campaigns, scaled }: Sizes): TableSpec[] {
  const kind = `${pick(vocabulary.productStyles, 41)} || ' ' || ${pick(vocabulary.productKinds, 42)}`;
  return [
    {
      name: 'products',
      comment: 'Everything that is or was for sale.',
      rows: products,
      columns: [
        id('product'),
        ['sku', 'text not null', `'SKU-' || lpad(i::text, 6, '0')`, 'Stock keeping unit, printed on the box.'],
        ['name', 'text not null', `${kind} || ' ' || i`, 'Name in the shop.'],
        ['category', 'text', pick(vocabulary.productCategories, 43), 'Category in the shop.'],
        ['list_price', 'numeric(10,2)', amount(9, 1_400, 44), 'Price in euro before discounts.'],
        ['purchase_cost', 'numeric(10,2)', amount(4, 700, 45), 'What we pay in euro. Confidential.'],
        ['is_active', 'boolean', `${roll(10, 46)} > 0`, 'Whether it can be ordered.'],
      ],
    },
    {
      name: 'stores',
      comment: 'Shops and the web shop.',
      rows: stores,
      columns: [
        id('store'),
        ['name', 'text not null', `'Store ' || ${pick(vocabulary.cities, 51)} || ' ' || i`, 'Name of the store.'],
        ['city', 'text', pick(vocabulary.cities, 51), 'City.'],
        ['opened_on', 'date', day('2001-01-01', 8_000, 52), 'First day of business.'],
      ],
    },
    {
      name: 'campaigns',
      comment: 'Discount campaigns.',
      rows: campaigns,
      columns: [
        id('campaign'),
        ['name', 'text', `${pick(vocabulary.campaignNames, 56)} || ' ' || (2019 + i % 8)`, 'Name used by marketing.'],
        ['discount_percent', 'integer', `(5 * (1 + ${roll(8, 57)}))::int`, 'Reduction of the list price.'],
        ['starts_on', 'date', day('2019-01-01', 2_700, 58), 'First day.'],
      ],
    },
    {
      name: 'price_history',
      comment: 'Former list prices.',
      rows: scaled(3_600),
      columns: [
        id('change'),
        ['product_id', 'integer not null', reference(products, 61), 'Product.'],
        ['valid_from', 'date', day('2020-01-01', 2_000, 62), 'First day of this price.'],
        ['list_price', 'numeric(10,2)', amount(9, 1_400, 63), 'Price in euro.'],
      ],
      references: { product_id: 'sales.products' },
    },
    {
      name: 'stock_levels',
      comment: 'Units per product and store, counted each night.',
      rows: scaled(12_000),
      columns: [
        ['product_id', 'integer not null', reference(products, 66), 'Product.'],
        ['store_id', 'integer not null', reference(stores, 67), 'Store.'],
        ['units', 'integer', `${roll(400, 68)}::int`, 'Units on the shelf.'],
        ['counted_on', 'date', day('2026-06-01', 30, 69), 'Night of the count.'],
      ],
      references: { product_id: 'sales.products', store_id: 'sales.stores' },
    },
  ];
}

function describeOrders({ customers, products, stores, campaigns, orders, scaled }: Sizes): TableSpec[] {
  const statuses = ['delivered', 'delivered', 'delivered', 'delivered', 'shipped', 'paid', 'cancelled'];
  return [
    {
      name: 'orders',
      comment: 'Orders of all channels, one row per order.',
      rows: orders,
      columns: [
        id('order'),
        ['customer_id', 'integer not null', reference(customers, 71), 'Who ordered.'],
        ['store_id', 'integer not null', reference(stores, 72), 'Where.'],
        ['campaign_id', 'integer', mostly(15, reference(campaigns, 73), 74), 'Campaign whose code was used.'],
        ['status', 'text not null', pick(statuses, 75), 'paid, shipped, delivered or cancelled.'],
        ['ordered_at', 'timestamptz not null', moment('2021-01-01', 2_000, 76), 'When the order was placed.'],
        ['total', 'numeric(12,2) not null', amount(20, 3_500, 77), 'Value in euro, with tax.'],
        ['note', 'text', mostly(6, literal('Please ring twice'), 78), 'Words of the customer to the driver.'],
      ],
      references: { customer_id: 'sales.customers', store_id: 'sales.stores', campaign_id: 'sales.campaigns' },
    },
    {
      name: 'order_items',
      comment: 'Lines of the orders.',
      rows: scaled(170_000),
      columns: [
        id('line'),
        ['order_id', 'integer not null', reference(orders, 81), 'Order.'],
        ['product_id', 'integer not null', reference(products, 82), 'Product.'],
        ['quantity', 'integer not null', `(1 + ${roll(6, 83)})::int`, 'Units.'],
        ['unit_price', 'numeric(10,2) not null', amount(9, 1_400, 84), 'Price in euro at the time of the order.'],
      ],
      references: { order_id: 'sales.orders', product_id: 'sales.products' },
    },
    {
      name: 'returns',
      comment: 'Goods that came back.',
      rows: scaled(4_000),
      columns: [
        id('return'),
        ['order_id', 'integer not null', reference(orders, 86), 'Order.'],
        [
          'reason',
          'text',
          pick(['damaged', 'too late', 'not as shown', 'changed mind', 'wrong item'], 87),
          'What the customer said.',
        ],
        ['received_on', 'date', day('2021-02-01', 1_970, 88), 'Arrival in the warehouse.'],
      ],
      references: { order_id: 'sales.orders' },
    },
  ];
}
