/** A failure of the embedded database that the operator can act on; the message is a whole sentence for the terminal. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
