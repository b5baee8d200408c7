import { ProductError } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { errorSchema } from './schema.ts';

export const NAME = 'Microsoft 365';

/**
 * By Graph's code and details: a taken name is 400 there, and a mailbox in the making is 404.
 * https://learn.microsoft.com/graph/errors
 */
export function explainGraph({ body }: HttpAnswer): ProductError | undefined {
  const error = errorSchema.safeParse(body).data?.error;
  if (error === undefined) return undefined;
  if (error.details.some(({ code }) => code === 'ObjectConflict')) {
    return new ProductError('exists', {
      subject: NAME,
      message: 'Microsoft says that this address exists already.',
    });
  }
  if (error.code === 'MailboxNotEnabledForRESTAPI') {
    return new ProductError('unavailable', {
      subject: NAME,
      message: 'Microsoft has not made the mailbox yet; that can take a quarter of an hour.',
    });
  }
  if (error.code === 'Authorization_RequestDenied') {
    return new ProductError('missing-permission', {
      subject: NAME,
      message:
        'Our app registration lacks a permission in Microsoft Graph, or nobody has consented to it. "doctor" lists which.',
    });
  }
  if (error.code !== 'ErrorAccessDenied') return undefined;
  return new ProductError('missing-permission', {
    subject: NAME,
    message:
      'Our app registration may not read this mailbox. Give it the Exchange role "Application Mail.ReadBasic" with a scope that has the mailbox in it; changes can take two hours to work.',
  });
}
