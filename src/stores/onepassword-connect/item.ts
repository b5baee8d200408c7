import { ProductError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { SecretMeta } from '../store.ts';
import type { Item } from './schema.ts';

/** Tags may be nested with a slash; ours tells whose item it is without opening it. */
const TAG = 'flow-service-accounts';
const SECTION = { id: 'flow-service-accounts', label: 'Flow service accounts' };
const VALUE_FIELD = 'credential';

/** A new item: one hidden field, and a section with the labels. */
export function newItem(title: string, secret: Secret, labels: SecretMeta) {
  return {
    title,
    category: 'API_CREDENTIAL',
    tags: [tagOf(labels)],
    sections: [SECTION],
    fields: [
      { id: VALUE_FIELD, type: 'CONCEALED', label: VALUE_FIELD, value: secret },
      ...labelFields(labels),
    ],
  };
}

/** The item with these labels beside what people wrote. */
export function labelled(item: Item, labels: SecretMeta): Item {
  const fields = labelFields(labels);
  const isNew = labelsFrom(item.tags) === null;
  return {
    ...item,
    tags: [...(item.tags ?? []), ...(isNew ? [tagOf(labels)] : [])],
    sections: [...(item.sections ?? []), ...(isNew ? [SECTION] : [])],
    fields: [
      ...(item.fields ?? []).filter(({ id }) => fields.every((field) => field.id !== id)),
      ...fields,
    ],
  };
}

export function isLabelled({ tags, fields }: Item, labels: SecretMeta): boolean {
  const isHeld = (wanted: { readonly id: string; readonly value: Secret }) =>
    fields?.some(({ id, value }) => id === wanted.id && value?.equals(wanted.value) === true);
  return labelsFrom(tags) !== null && labelFields(labels).every(isHeld);
}

/** @throws ProductError `invalid-input` when it cannot be told which field is the credential */
export function valueOf(item: Item, name: string): Secret {
  const value = valueField(item)?.value;
  if (value !== undefined) return value;
  throw new ProductError('invalid-input', {
    subject: name,
    message: `The item ${name} in 1Password has no single hidden field with a value. Put the credential into a field called "credential".`,
  });
}

export function withValue(item: Item, name: string, secret: Secret): Item {
  const target = valueField(item) ?? item.fields?.find(({ id }) => id === VALUE_FIELD);
  if (target === undefined) valueOf(item, name);
  const fields = item.fields?.map((field) =>
    field === target ? { ...field, value: secret } : field,
  );
  return { ...item, fields };
}

/** What an item's tags say about whose it is; null when they say nothing. */
export function labelsFrom(tags: readonly string[] | null | undefined): SecretMeta | null {
  const ours = tags?.find((tag) => tag.startsWith(`${TAG}/`));
  return ours === undefined ? null : { marker: ours.slice(TAG.length + 1) };
}

function tagOf(labels: SecretMeta): string {
  return `${TAG}/${labels['marker'] ?? ''}`;
}

function labelFields(labels: SecretMeta) {
  return Object.entries(labels).map(([label, text]) => ({
    id: `flow-${label}`,
    type: 'STRING',
    label,
    section: { id: SECTION.id },
    value: new Secret(text),
  }));
}

/** Ours, else a login's or password's own field, else the only hidden one with a value. */
function valueField({ fields }: Item) {
  const filled = (fields ?? []).filter(({ value }) => value !== undefined);
  const named = [VALUE_FIELD, 'password'].flatMap((name) =>
    filled.filter(({ id, label }) => id === name || label === name),
  );
  const hidden = filled.filter(({ type }) => type === 'CONCEALED');
  return named[0] ?? (hidden.length === 1 ? hidden[0] : undefined);
}
