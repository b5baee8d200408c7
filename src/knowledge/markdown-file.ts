import { ProductError } from '../domain/errors.ts';
import { markerOf } from './front-matter.ts';
import { INDEX_MARKER } from './index-pages.ts';

/** Where the document with this marker is kept: `flow-sa-7k3f9q.md`; the index is `index.md`. */
export function fileName(marker: string): string {
  if (marker === INDEX_MARKER) return 'index.md';
  if (/^[a-z0-9][a-z0-9-]*$/.test(marker) && marker !== 'index') return `${marker}.md`;
  const message = `${marker} cannot be the name of a page: use small letters, digits and dashes.`;
  throw new ProductError('invalid-input', { subject: marker, message });
}

/**
 * A file of that name that does not carry our front matter was not made by us.
 * @throws ProductError `name-taken`
 */
export function refuseForeign(text: string, marker: string, where: string): void {
  if (markerOf(text) === marker) return;
  const message = `There is already a file ${where} that this app did not make. Rename or remove it, then retry.`;
  throw new ProductError('name-taken', { subject: where, message });
}
