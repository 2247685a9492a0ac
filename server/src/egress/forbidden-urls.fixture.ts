/** Ways to write an address that Stoa must not call. Each form of loopback, of private and of metadata addresses, and tricks around names. */
const loopback4 = ['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '127.8.8.8'];
const numbers4 = (a: number, b: number, c: number, d: number): string[] => {
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (n: number) => n.toString(16);
  const octal = (n: number) => `0${n.toString(8)}`;
  return [
    `${a}.${b}.${c}.${d}`,
    String(whole),
    `0x${hex(whole)}`,
    `0X${hex(whole).toUpperCase()}`,
    octal(whole),
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((n) => `0x${hex(n)}`).join('.'),
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `0x${hex(a)}.${octal(b)}.${c}.${d}`,
    `${a}.${b}.${c}.${d}.`,
    `%3${String(a)[0]}${String(a).slice(1)}.${b}.${c}.${d}`,
    [...`${a}.${b}.${c}.${d}`]
      .map((char) => (char === '.' ? '。' : String.fromCodePoint(0xff10 + Number(char))))
      .join(''),
  ];
};
const mapped = (dotted: string): string[] => [
  `[::ffff:${dotted}]`,
  `[0:0:0:0:0:ffff:${dotted}]`,
  `[::${dotted}]`,
  `[64:ff9b::${dotted}]`,
  `[64:ff9b:1::${dotted}]`,
];
const sixToFour = (a: number, b: number, c: number, d: number): string =>
  `[2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::1]`;

const important: [number, number, number, number][] = [
  [127, 0, 0, 1],
  [169, 254, 169, 254],
  [10, 0, 0, 1],
  [192, 168, 1, 1],
  [172, 16, 0, 1],
  [100, 100, 100, 200],
];
const ranges4 = [
  '0.0.0.0',
  '0.1.2.3',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.170.2',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '192.31.196.1',
  '192.52.193.1',
  '192.175.48.1',
];
const ranges6 = [
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[ff02::1]',
  '[ff05::2]',
  '[2001::1]',
  '[2001:db8::1]',
  '[2001:20::1]',
  '[2001:10::1]',
  '[2002:7f00:1::]',
  '[100::1]',
  '[5f00::1]',
  '[3fff::1]',
  '[64:ff9b::7f00:1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:0:127.0.0.1]',
  '[4000::1]',
  '[e000::1]',
];
/** Judged before any name is resolved. */
export const forbiddenForms: readonly string[] = [
  'http://example.com/',
  'https://example.com:8443/',
  'https://example.com:80/',
  'http://example.com:443/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'ws://example.com/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'unix:/var/run/docker.sock',
  'http+unix://%2Fvar%2Frun/',
  'dict://example.com:11211/',
  'ldap://example.com/',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1@example.com/',
  'https://example.com%40127.0.0.1/',
  'https://',
  '//example.com',
  'example.com',
  '',
  ' ',
  'https://[::1',
  'https://exa mple.com/',
  'https://a..b@c/',
  'https://[fe80::1%25eth0]/',
  'https://[::1%25lo]/',
  'https://256.256.256.256/',
  'https://1.2.3.4.5/',
  'https://0x100000000/',
  'https://4294967296/',
  'https://127.0.0.1:99999/',
  'https://example.com:0/',
  'https://example.com:-1/',
];

/** Hosts that stand for a forbidden address as they are written. */
export const forbiddenHosts: readonly string[] = [
  ...new Set([
    ...loopback4,
    ...important.flatMap(([a, b, c, d]) => [
      ...numbers4(a, b, c, d),
      ...mapped(`${a}.${b}.${c}.${d}`),
      sixToFour(a, b, c, d),
    ]),
    ...ranges4,
    ...ranges6,
  ]),
];

/** Names that an ordinary resolver, or an attacker's, leads to a forbidden address. */
export const forbiddenNames: readonly (readonly [name: string, address: string])[] = [
  ['localhost', '127.0.0.1'],
  ['localhost.', '127.0.0.1'],
  ['LOCALHOST', '::1'],
  ['ip6-localhost', '::1'],
  ['metadata.google.internal', '169.254.169.254'],
  ['metadata', '169.254.169.254'],
  ['instance-data', '169.254.169.254'],
  ['127.0.0.1.nip.io', '127.0.0.1'],
  ['10.0.0.1.nip.io', '10.0.0.1'],
  ['localtest.me', '127.0.0.1'],
  ['ⓛocaⓛhost', '127.0.0.1'],
  ['kubernetes.default.svc', '10.96.0.1'],
  ['router.lan', '192.168.1.1'],
  ['xn--evil-0ra.example', '172.20.0.5'],
  ['v6.example', 'fd12:3456::1'],
  ['mapped.example', '::ffff:169.254.169.254'],
];
