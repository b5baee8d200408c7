import type { Secret } from '../../domain/secret.ts';

interface SecretText {
  readonly id: string;
  readonly description: string;
  readonly value: Secret;
}

/** The type of the plain-credentials plugin that pipelines read as a text. */
export const SECRET_TEXT = 'Secret text';

/** What XML cannot carry at all, not even escaped. */
export function isCarriable(value: string): boolean {
  return !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value.replaceAll(/[\t\n\r]/g, ''));
}

/** GLOBAL is the scope of credentials for builds; in a folder it reaches that folder's jobs only. */
export function secretTextXml({ id, description, value }: SecretText): string {
  const type = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl';
  return [
    `<${type}>`,
    '<scope>GLOBAL</scope>',
    `<id>${escape(id)}</id>`,
    `<description>${escape(description)}</description>`,
    `<secret>${escape(value.reveal())}</secret>`,
    `</${type}>`,
  ].join('');
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"'\r\n\t]/g, (character) => `&#${String(character.codePointAt(0))};`);
}
