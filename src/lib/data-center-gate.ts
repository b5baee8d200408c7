import { ProductError } from '../domain/errors.ts';

/** A page from an Atlassian server of the customer's own: something stands before its API. */
export function signInPage(name: string): ProductError {
  return new ProductError('unexpected-answer', {
    subject: name,
    message: `${name} sends us to a sign-in page instead of answering. Its single sign-on or proxy must let requests to /rest through.`,
  });
}

/** "Not found" from something that is not the product at all. */
export function unknownAddress(name: string, product: string): ProductError {
  return new ProductError('unexpected-answer', {
    subject: name,
    message: `${name} does not know this address at all. Check base_url, with its path if ${product} has one.`,
  });
}

/** `where` leads a person to the end of it: "Administration, Users, the user, Clear CAPTCHA challenge". */
export function captchaWords(
  name: string,
  whom: string,
  { product, where }: { readonly product: string; readonly where: string },
): string {
  return `${name} wants a CAPTCHA from ${whom} after too many failed sign-ins. A ${product} administrator can end that: ${where}. Then try again.`;
}
