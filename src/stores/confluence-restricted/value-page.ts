import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';

const NAME = /^[a-z0-9-]+$/;
// What a page's XML cannot hold, or gives back changed (carriage returns).
const UNFIT = /[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The page before it has a value: it carries only what tells that it is ours. */
export function emptyPage(name: string): string {
  return `<p>Credential ${sign(name)}. The app is about to store its value here.</p>`;
}

/** The page with its value in a code block, exactly as it is. */
export function valuePage(name: string, secret: Secret): string {
  const text = secret.reveal();
  if (UNFIT.test(text)) {
    const message = `The value of ${name} has characters that a Confluence page cannot hold. Use another secret store for it.`;
    throw new ProductError('invalid-input', { subject: name, message });
  }
  return [
    `<p>Credential ${sign(name)}. Kept by the Flow service accounts app: do not edit, move, copy or export this page.</p>`,
    `<ac:structured-macro ac:name="code"><ac:plain-text-body>${cdata(text)}</ac:plain-text-body></ac:structured-macro>`,
  ].join('\n');
}

/** The value on a page, or undefined when it has none yet. */
export function parseValue(body: string): Secret | undefined {
  const block = /<ac:plain-text-body>((?:<!\[CDATA\[[\s\S]*?\]\]>)+)<\/ac:plain-text-body>/.exec(
    body,
  );
  if (block?.[1] === undefined) return undefined;
  const parts = [...block[1].matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g)];
  return new Secret(parts.map((part) => part[1] ?? '').join(''));
}

/** What a page of ours says about itself. */
export function sign(name: string): string {
  if (NAME.test(name)) return `<code>${name}</code>`;
  const message = `${name} cannot be the title of a credential page: use small letters, digits and dashes.`;
  throw new ProductError('invalid-input', { subject: name, message });
}

/** `]]>` would end the section, so it is split over two. */
function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
