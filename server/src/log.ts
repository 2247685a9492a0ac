import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on standard error. Depth is cut, so that hostile input can neither crash nor flood a log line. */
export const createLog = (level: string): Log =>
  pino(
    {
      level,
      depthLimit: 6,
      edgeLimit: 50,
      redact: {
        paths: [
          'password',
          '*.password',
          'token',
          '*.token',
          'secret',
          '*.secret',
          'authorization',
          '*.authorization',
          'cookie',
          '*.cookie',
        ],
        censor: '[secret]',
      },
      formatters: { level: (label) => ({ level: label }) },
    },
    process.stderr,
  );
