import type pg from 'pg';

/** What a COPY needs of the driver's connection. */
type Wire = {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  readonly stream: NodeJS.ReadableStream & {
    readonly writableNeedDrain: boolean;
    once(event: 'drain', act: () => void): unknown;
  };
};

/** One COPY in the simple protocol: the driver hands every message of it to this object. */
abstract class Copy {
  readonly #text: string;
  readonly done: Promise<void>;
  #settle: { resolve(): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
  protected failure: unknown;

  constructor(text: string) {
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }
  submit(connection: Wire): void {
    connection.query(this.#text);
  }
  handleError(error: unknown): void {
    this.failure ??= error;
    this.#settle.reject(this.failure);
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    if (this.failure === undefined) this.#settle.resolve();
    else this.#settle.reject(this.failure);
  }
  abstract handleCopyInResponse(connection: Wire): void;
  abstract handleCopyData(message: { chunk: Buffer }, connection: Wire): void;
}

/** What is said of more than can be written waits in the socket, not in memory. */
class CopyOut extends Copy {
  readonly #write: (chunk: Buffer) => Promise<void> | undefined;
  constructor(text: string, write: (chunk: Buffer) => Promise<void> | undefined) {
    super(text);
    this.#write = write;
  }
  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFail('this copies out');
  }
  handleCopyData({ chunk }: { chunk: Buffer }, connection: Wire): void {
    const wait = this.#write(Buffer.from(chunk));
    if (wait === undefined) return;
    connection.stream.pause();
    wait.then(
      () => connection.stream.resume(),
      (error: unknown) => {
        this.failure ??= error;
        connection.stream.resume();
      },
    );
  }
}

class CopyIn extends Copy {
  readonly #chunks: AsyncIterable<Buffer>;
  constructor(text: string, chunks: AsyncIterable<Buffer>) {
    super(text);
    this.#chunks = chunks;
  }
  handleCopyInResponse(connection: Wire): void {
    this.#send(connection).catch((error: unknown) => {
      this.failure ??= error;
      connection.sendCopyFail('the backup could not be read on');
    });
  }
  handleCopyData(): void {}
  async #send(connection: Wire): Promise<void> {
    for await (const chunk of this.#chunks) {
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain)
        await new Promise<void>((resolve) => connection.stream.once('drain', resolve));
    }
    connection.endCopyFrom();
  }
}

/** Hands out the rows of a `COPY … TO STDOUT`; `write` answers a promise where it wants to be waited for. */
export function copyOut(
  client: pg.Client,
  text: string,
  write: (chunk: Buffer) => Promise<void> | undefined,
): Promise<void> {
  return run(client, new CopyOut(text, write));
}

/** Sends the rows of a `COPY … FROM STDIN`. */
export function copyIn(client: pg.Client, text: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  return run(client, new CopyIn(text, chunks));
}

function run(client: pg.Client, copy: Copy): Promise<void> {
  // The types of the driver describe its own queries only.
  client.query(copy as unknown as pg.Submittable);
  return copy.done;
}
