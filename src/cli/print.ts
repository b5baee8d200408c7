import { once } from 'node:events';

/** Writes to standard output no faster than the reader takes it, however much there is. */
export async function print(texts: AsyncIterable<string>): Promise<void> {
  const { stdout } = process;
  // `| head` has seen enough: that is no error of ours.
  stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  for await (const text of texts) {
    if (!stdout.write(text)) await once(stdout, 'drain');
  }
}
