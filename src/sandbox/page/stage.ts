import type { Product } from '../../composition/product.ts';
import type { Sandbox } from '../run.ts';
import type { WorkerControl } from '../worker.ts';
import type { Troubles } from './troubles.ts';

/** Everything the page shows and lets people touch. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly product: Pick<Product, 'requests' | 'records'>;
  readonly worker: WorkerControl;
  readonly troubles: Troubles;
  /** When this sandbox began; its vendors know nothing of requests from before. */
  readonly since: string;
}
