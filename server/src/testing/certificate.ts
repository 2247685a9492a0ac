import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export type Certificate = {
  readonly pem: string;
  readonly keyPem: string;
  readonly name: string;
  readonly key: KeyObject;
};

/** DER, as little of it as a certificate needs (ITU-T X.690, RFC 5280). */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const yes = der(0x01, Buffer.from([0xff]));
const instant = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`));
const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))));
const extension = (id: string, value: Buffer, ...flags: readonly Buffer[]): Buffer =>
  sequence(oid(id), ...flags, der(0x04, value));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const dayMs = 86_400_000;

/**
 * A certificate of our own making, valid around now: an authority, or, with `dnsName`, a server's that `issuer` signed.
 * No tool is needed for it.
 */
export function makeCertificate(name: string, by?: { issuer: Certificate; dnsName: string }): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const now = Date.now();
  const extensions =
    by === undefined
      ? extension('551d13', sequence(yes), yes)
      : extension('551d11', sequence(der(0x82, Buffer.from(by.dnsName))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive, whatever the dice say.
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(by?.issuer.name ?? name),
    sequence(instant(new Date(now - dayMs)), instant(new Date(now + dayMs))),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  const signature = sign('sha256', body, by?.issuer.key ?? privateKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    name,
    key: privateKey,
    keyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    pem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}
