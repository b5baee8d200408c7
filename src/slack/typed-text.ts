/**
 * What somebody typed after the command, as they saw it. Slack escapes it and wraps channels and
 * links, see https://docs.slack.dev/interactivity/implementing-slash-commands; people stay as
 * `<@U123|name>`, because only so is it known who is meant.
 */
export function typedText(text: string): string {
  return text
    .replaceAll(/<#[A-Z0-9]+\|([^>]*)>/gu, '#$1')
    .replaceAll(/<((?:https?:\/\/|mailto:)[^|>]*)\|([^>]*)>/gu, '$2')
    .replaceAll(/<(https?:\/\/[^|>]*)>/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The same where nobody has to be found by it: people by their names. */
export function withNames(text: string): string {
  return text.replaceAll(/<@[UW][A-Z0-9]+\|([^>]+)>/gu, '@$1');
}
