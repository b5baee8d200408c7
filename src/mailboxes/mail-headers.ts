/** A mail's headers as they stand, unfolded: each server writes its own above those before it. */
export type MailHeaders = readonly (readonly [name: string, value: string])[];

export function parseHeaders(raw: string): MailHeaders {
  const [head = ''] = raw.split(/\r?\n\r?\n/, 1);
  return head
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
    });
}

/** Every value of a header, the topmost first. */
export function headerValues(headers: MailHeaders, name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value);
}

/** Headers that name whom a mail is for; the last two are written by servers. */
export const RECIPIENT_HEADERS = ['To', 'Cc', 'Delivered-To', 'X-Original-To'] as const;

/** Is the mail for this address, by any header that names a recipient? */
export function isFor(headers: MailHeaders, address: string): boolean {
  return RECIPIENT_HEADERS.flatMap((name) => headerValues(headers, name))
    .flatMap((value) => value.toLowerCase().match(/[^\s<>,;"]+@[^\s<>,;"]+/g) ?? [])
    .includes(address.toLowerCase());
}
