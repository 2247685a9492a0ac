import {
  amount,
  day,
  digits,
  germanTaxId,
  iban,
  literal,
  mostly,
  pick,
  plain,
  reference,
  roll,
} from './expressions.ts';
import type { Sizes } from './sizes.ts';
import type { SchemaSpec, TableSpec } from './table.ts';
import * as vocabulary from './vocabulary.ts';

const id = (what: string) => ['id', 'integer', 'i', `Number of the ${what}.`] as const;
const ofEmployee = { employee_id: 'hr.employees' };

export function describeWorkforce(sizes: Sizes): SchemaSpec {
  return {
    name: 'hr',
    comment: 'People who work here. Confidential; the works council agreed to this copy under conditions.',
    tables: [...describeStaff(sizes), ...describePay(sizes), ...describeDevelopment(sizes)],
    views: [
      {
        name: 'staff_directory',
        comment: 'Names and work contacts, for everybody inside the company.',
        query: `select e.id, e.first_name, e.last_name, e.work_email, e.job_title, d.name as department
          from hr.employees e join hr.departments d on d.id = e.department_id where e.left_on is null`,
      },
      {
        name: 'headcount_by_department',
        comment: 'People per department and site, without names.',
        query: `select d.name as department, e.site, count(*) as people
          from hr.employees e join hr.departments d on d.id = e.department_id where e.left_on is null group by 1, 2`,
      },
    ],
  };
}

function describeStaff({ employees, scaled }: Sizes): TableSpec[] {
  const names = vocabulary.departments;
  const first = pick(vocabulary.firstNames, 111);
  const last = pick(vocabulary.lastNames, 112);
  return [
    {
      name: 'departments',
      comment: 'Departments of the company.',
      rows: names.length,
      columns: [
        id('department'),
        ['name', 'text not null', `(array[${names.map(literal).join(',')}])[i]`, 'Name of the department.'],
        ['cost_center', 'integer', '4000 + i * 10', 'Cost center that carries its costs.'],
      ],
    },
    {
      name: 'employees',
      comment: 'Everybody with a contract, also those who left. Sensitive personal data.',
      rows: employees,
      columns: [
        id('employee'),
        ['first_name', 'text not null', first, 'Given name.'],
        ['last_name', 'text not null', last, 'Family name.'],
        [
          'work_email',
          'text not null',
          `${plain(first)} || '.' || ${plain(last)} || i || '@corp.example'`,
          'Address at work.',
        ],
        [
          'private_phone',
          'text',
          mostly(75, `'+49 1556 ' || ${digits(7, 113)}`, 114),
          'For emergencies alone. Personal data.',
        ],
        ['date_of_birth', 'date not null', day('1958-01-01', 17_500, 115), 'Date of birth. Personal data.'],
        [
          'national_id',
          'text not null',
          germanTaxId(116),
          'Number that the tax office knows people by, with its check digit. Sensitive.',
        ],
        ['job_title', 'text', pick(vocabulary.jobTitles, 119), 'Title in the contract.'],
        ['department_id', 'integer not null', reference(names.length, 120), 'Department.'],
        ['manager_id', 'integer', `case when i > 5 then ${reference(5, 121)} end`, 'Line manager.'],
        ['site', 'text', pick(vocabulary.cities.slice(0, 8), 122), 'Place of work.'],
        ['salary', 'numeric(10,2) not null', amount(31_000, 128_000, 123), 'Yearly gross salary in euro. Sensitive.'],
        ['hired_on', 'date not null', day('2004-01-01', 8_100, 124), 'First day.'],
        ['left_on', 'date', mostly(12, day('2026-01-01', 180, 125), 126), 'Last day; empty while employed.'],
      ],
      references: { department_id: 'hr.departments', manager_id: 'hr.employees' },
    },
    {
      name: 'emergency_contacts',
      comment: 'Whom to call. Personal data of people outside the company.',
      rows: scaled(2_000),
      columns: [
        ['employee_id', 'integer not null', reference(employees, 131), 'Employee.'],
        [
          'name',
          'text',
          `${pick(vocabulary.firstNames, 132)} || ' ' || ${pick(vocabulary.lastNames, 133)}`,
          'Name of the contact.',
        ],
        ['relation', 'text', pick(['partner', 'parent', 'sibling', 'friend'], 134), 'Relation to the employee.'],
        ['phone', 'text', `'+49 1557 ' || ${digits(7, 135)}`, 'Telephone number.'],
      ],
      references: ofEmployee,
    },
  ];
}

function describePay({ employees, scaled }: Sizes): TableSpec[] {
  return [
    {
      name: 'bank_accounts',
      comment: 'Where salaries are paid to. Sensitive.',
      rows: employees,
      columns: [
        ['employee_id', 'integer not null', 'i', 'Employee.'],
        ['iban', 'text not null', iban(141), 'Account number with valid check digits. Sensitive.'],
        [
          'bank',
          'text',
          pick(['Hansebank', 'Sparbank Nord', 'Union Credit', 'Banco Atlántico'], 142),
          'Name of the bank.',
        ],
        ['valid_from', 'date', day('2015-01-01', 3_900, 143), 'First salary paid there.'],
      ],
      references: ofEmployee,
    },
    {
      name: 'salary_history',
      comment: 'Former salaries. Sensitive.',
      rows: scaled(7_200),
      columns: [
        id('entry'),
        ['employee_id', 'integer not null', reference(employees, 146), 'Employee.'],
        ['salary', 'numeric(10,2)', amount(28_000, 120_000, 147), 'Yearly gross salary in euro.'],
        ['valid_from', 'date', day('2010-01-01', 5_800, 148), 'First day of that salary.'],
        [
          'reason',
          'text',
          pick(['yearly round', 'promotion', 'change of hours', 'collective agreement'], 149),
          'Why it changed.',
        ],
      ],
      references: ofEmployee,
    },
    {
      name: 'absences',
      comment: 'Leave and sickness. Health data.',
      rows: scaled(12_000),
      columns: [
        id('absence'),
        ['employee_id', 'integer not null', reference(employees, 151), 'Employee.'],
        ['kind', 'text', pick(vocabulary.absenceKinds, 152), 'Kind of absence; sick leave is health data.'],
        ['starts_on', 'date', day('2023-01-01', 1_270, 153), 'First day.'],
        ['days', 'integer', `(1 + ${roll(14, 154)})::int`, 'Working days.'],
      ],
      references: ofEmployee,
    },
  ];
}

function describeDevelopment({ employees, scaled }: Sizes): TableSpec[] {
  const titles = vocabulary.trainingTitles;
  return [
    {
      name: 'trainings',
      comment: 'Courses on offer.',
      rows: titles.length,
      columns: [
        id('training'),
        ['title', 'text', `(array[${titles.map(literal).join(',')}])[i]`, 'Title of the course.'],
        ['hours', 'integer', `(2 + ${roll(14, 161)})::int`, 'Length.'],
      ],
    },
    {
      name: 'training_attendance',
      comment: 'Who took which course.',
      rows: scaled(9_000),
      columns: [
        ['employee_id', 'integer not null', reference(employees, 166), 'Employee.'],
        ['training_id', 'integer not null', reference(titles.length, 167), 'Training.'],
        ['attended_on', 'date', day('2021-01-01', 2_000, 168), 'Day.'],
        ['passed', 'boolean', `${roll(20, 169)} > 0`, 'Whether the test was passed.'],
      ],
      references: { ...ofEmployee, training_id: 'hr.trainings' },
    },
    {
      name: 'performance_reviews',
      comment: 'Yearly reviews. Confidential between employee and manager.',
      rows: scaled(5_000),
      columns: [
        id('review'),
        ['employee_id', 'integer not null', reference(employees, 171), 'Employee.'],
        ['year', 'integer', `(2020 + ${roll(6, 172)})::int`, 'Year under review.'],
        ['score', 'integer', `(1 + ${roll(5, 173)})::int`, '1 (below expectations) to 5 (outstanding).'],
      ],
      references: ofEmployee,
    },
  ];
}
