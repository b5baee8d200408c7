/**
 * Slack's sizes, in UTF-16 code units, which is never more generous than Slack's own counting.
 * From the reference pages under https://docs.slack.dev/reference/block-kit.
 */
export const LIMITS = {
  messageBlocks: 50,
  viewBlocks: 100,
  viewBytes: 250_000,
  viewTitle: 24,
  privateMetadata: 3000,
  callbackId: 255,
  externalId: 255,
  blockId: 255,
  actionId: 255,
  text: 3000,
  header: 150,
  sectionFields: 10,
  fieldText: 2000,
  contextElements: 10,
  contextActions: 5,
  actions: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  label: 75,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  optionText: 75,
  /** Slack's pages disagree between 75 and 150; the smaller always fits. */
  optionValue: 75,
  options: 100,
  overflowOptions: 5,
  choices: 10,
  placeholder: 150,
  inputLabel: 2000,
  inputText: 3000,
  richTextLines: 100,
  files: 10,
  altText: 2000,
  imageTitle: 2000,
  alertText: 200,
  markdown: 12_000,
  tableRows: 100,
  tableCells: 20,
  cardText: 150,
  cardBody: 200,
  cardActions: 3,
  cards: 10,
  containerBlocks: 10,
  planTasks: 50,
  videoTitle: 200,
  videoAuthor: 50,
  /** `text` of a new message; longer is cut. */
  messageText: 40_000,
  /** `text` of chat.update; longer is `msg_too_long`. */
  updateText: 4000,
  /**
   * All text inside the blocks of one message. Undocumented; seen at about 13,200
   * (https://github.com/slackapi/bolt-js/issues/2509).
   */
  blocksText: 13_000,
} as const;
