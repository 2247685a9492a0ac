export type Login = { user: string; password: string };

/** Where an embedded PostgreSQL listens, and who may do everything there. */
export type EmbeddedAddress = {
  host: string;
  port: number;
  superuser: Login;
  /** A connection string, for the superuser unless a login is named. */
  url(database: string, login?: Login): string;
};

export const loopback = '127.0.0.1';

export function connectionString(port: number, superuser: Login): EmbeddedAddress['url'] {
  return (database, login = superuser) => {
    const who = `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}`;
    return `postgres://${who}@${loopback}:${port}/${encodeURIComponent(database)}`;
  };
}
