import { expect, it } from 'vitest';

import { wishesTo } from '../../src/composition/wishes.ts';
import { ProductError } from '../../src/domain/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { aRequest } from '../support/builders.ts';

it.each(['provision', 'render'] as const)(
  'keeps a change that the queue cannot be told of (%s): the sweep finds it in the records',
  async (what) => {
    const lines: string[] = [];
    const away = async () => {
      throw new ProductError('unreachable', { subject: 'queue', message: 'The queue is away.' });
    };
    const queue: Queue = {
      provision: away,
      render: away,
      care: away,
      index: away,
      work: away,
      depth: away,
      counts: away,
      board: () => () => undefined,
      ping: away,
      close: async () => undefined,
    };
    const wish = wishesTo(queue, createLog('info', { write: (line) => lines.push(line) }));

    await wish(aRequest(), what);

    expect(lines.join('')).toContain('The queue did not take a wish');
  },
);
