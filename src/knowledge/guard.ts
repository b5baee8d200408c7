import { ProductError } from '../domain/errors.ts';
import { carriesSecret } from '../domain/secret.ts';

/**
 * Refuses a page that carries a living secret. Both the page's own texts and the rendered text are
 * looked at, because escaping can disguise a value and rendering can join its pieces.
 * @throws ProductError `secret-exposed`
 */
export function refuseExposure(page: { readonly marker: string }, rendered: string): void {
  if (!carriesSecret([...texts(page), rendered].join('\n'))) return;
  throw new ProductError('secret-exposed', {
    subject: page.marker,
    message: `The page of ${page.marker} would have shown a credential, so it was not published. Treat that credential as exposed: rotate it, and take it out of the request's texts.`,
  });
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}
