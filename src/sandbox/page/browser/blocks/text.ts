import { isJson, textOf } from '../json.ts';
import { mrkdwn } from './mrkdwn.ts';

/** A text object, with Slack's marks only where it says that it has some. */
export function drawText(text: unknown): Node {
  if (isJson(text) && text['type'] === 'mrkdwn') return mrkdwn(textOf(text['text']));
  return document.createTextNode(isJson(text) ? textOf(text['text']) : textOf(text));
}
