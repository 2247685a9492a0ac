import { describe, expect, it } from 'vitest';
import { badFields, bodyOf, emptyDraft, externalNameOf, portOf, tlsConfigOf } from './connection-draft.ts';

const filled = { ...emptyDraft, key: 'warehouse', host: ' db.example ', database: 'warehouse' };

describe('the draft of a connection', () => {
  it('names every field of a step that cannot stay', () => {
    expect(badFields('platform', emptyDraft, '')).toEqual(['key', 'host', 'database']);
    expect(badFields('checks', emptyDraft, '')).toEqual(['password']);
  });

  it('refuses keys that paths use for something else', () => {
    expect(badFields('platform', { ...filled, key: 'preflight' }, '')).toEqual(['key']);
    expect(badFields('platform', { ...filled, key: 'a b' }, '')).toEqual(['key']);
  });

  it('refuses a template that would give everybody one name', () => {
    expect(badFields('identity', { ...filled, template: 'reader' }, 'x')).toEqual(['template']);
    expect(badFields('identity', { ...filled, template: 'corp_{username}' }, 'x')).toEqual([]);
  });

  it('takes whole ports from 1 to 65535 alone', () => {
    expect(['1', '5432', '65535'].map(portOf)).toEqual([1, 5432, 65_535]);
    expect(['0', '65536', '54.3', '', '1e3', '-1'].map(portOf)).toEqual(Array(6).fill(undefined));
  });

  it('sends names without the spaces around them and passwords as they are', () => {
    const body = bodyOf(filled, ' secret ');
    expect(body.config.host).toBe('db.example');
    expect(body.credentials.password).toBe(' secret ');
  });

  it('takes an authority for verified certificates alone, and only what looks like one', () => {
    const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(badFields('platform', { ...filled, ca: 'MIIB' }, '')).toEqual(['ca']);
    expect(badFields('platform', { ...filled, ca, tls: 'verify-full' }, '')).toEqual([]);
    expect(bodyOf({ ...filled, ca: ` ${ca} ` }, 'x').config.ca).toBe(ca);
    expect(bodyOf(filled, 'x').config).not.toHaveProperty('ca');
    expect(bodyOf({ ...filled, ca, tls: 'require' }, 'x').config).not.toHaveProperty('ca');
    expect(tlsConfigOf({ ca, tls: 'disable' })).toEqual({ tls: 'disable', ca: '' });
  });

  it('shows what a template makes of a person', () => {
    const ana = { username: 'ana', email: 'ana.ruiz@example.com' };
    expect(externalNameOf('{emailLocalPart}', ana)).toBe('ana.ruiz');
    expect(externalNameOf('corp_{username}', ana)).toBe('corp_ana');
    expect(externalNameOf('{email}', ana)).toBe('ana.ruiz@example.com');
    const loud = { username: 'ANA', email: 'Ana.Ruiz@Example.com' };
    expect(externalNameOf('{username:lower}@{emailLocalPart}', loud)).toBe('ana@Ana.Ruiz');
    expect(externalNameOf('{emailLocalPart:lower} {email:lower}', loud)).toBe('ana.ruiz ana.ruiz@example.com');
    expect(badFields('identity', { ...filled, template: 'corp_{username:lower}' }, 'x')).toEqual([]);
  });
});
