import { createTransport } from 'nodemailer';
import { z } from 'zod';

import { ProductError } from '../domain/errors.ts';
import { ok, problem } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { Secret } from '../domain/secret.ts';
import { hashCode } from './challenge.ts';
import type { MailboxSpec } from './mailboxes.ts';

export const smtpSchema = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** TLS from the first byte (port 465). Without it STARTTLS is demanded, except on loopback. */
  secure: z.boolean().default(false),
  user: z.string().min(1),
  password: z.instanceof(Secret),
  from: z.email(),
});

export type SmtpConfig = z.output<typeof smtpSchema>;

export const CHALLENGE_HEADER = 'X-Flow-Challenge';
const SUBJECT = 'Mail server (SMTP)';

/** Sends challenge mails. */
export interface Post {
  readonly send: (spec: MailboxSpec, code: string) => Promise<void>;
  readonly check: () => Promise<Finding[]>;
}

export function openPost(config: SmtpConfig, timeoutMs: number): Post {
  async function withTransport<T>(use: (transport: Transport) => Promise<T>): Promise<T> {
    const transport = connect(config, timeoutMs);
    try {
      return await use(transport);
    } catch (error) {
      throw explain(error);
    } finally {
      transport.close();
    }
  }

  return {
    send: (spec, code) =>
      withTransport(async (transport) => {
        await transport.sendMail(challengeMail(config.from, spec, code));
      }),
    async check() {
      try {
        await withTransport((transport) => transport.verify());
        return [ok(SUBJECT, 'The mail server lets the app in.')];
      } catch (error) {
        const { message } = explain(error);
        const advice = 'Look at smtp: host, port, secure, user and password in the configuration.';
        return [problem(SUBJECT, message, advice)];
      }
    },
  };
}

/** Passwords cross the network only encrypted; a loopback server needs no TLS. */
export function isLoopback(host: string): boolean {
  return ['127.0.0.1', 'localhost', '::1'].includes(host);
}

type Transport = ReturnType<typeof connect>;

function connect(config: SmtpConfig, timeoutMs: number) {
  return createTransport({
    host: config.host,
    port: config.port,
    secure: config.secure,
    requireTLS: !config.secure && !isLoopback(config.host),
    auth: { user: config.user, pass: config.password.reveal() },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
}

function challengeMail(from: string, spec: MailboxSpec, code: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from,
    to: { name: '', address: spec.address },
    envelope: { from, to: [spec.address] },
    // The same mail has the same id; a new code is a new mail, or servers would drop it as a copy.
    messageId: `<${spec.marker}.${hashCode(code).slice(0, 12)}@${domain}>`,
    subject: `Code for the service account ${spec.marker}`,
    headers: { [CHALLENGE_HEADER]: `${spec.marker} ${code}`, 'Auto-Submitted': 'auto-generated' },
    text: [
      'This mail shows that mail to this address arrives:',
      spec.address,
      '',
      `Code: ${code}`,
      '',
      'If the app asks for the code in Slack, enter it there within 24 hours.',
      'If it does not ask, the app has read this mail itself and there is nothing to do.',
      '',
      `The address belongs to a service account (${spec.marker}). Its purpose:`,
      spec.purpose,
      '',
    ].join('\n'),
  };
}

type SmtpCode = 'unavailable' | 'unauthenticated' | 'refused' | 'timeout' | 'unreachable';

interface SmtpFailure {
  readonly code?: unknown;
  readonly responseCode?: unknown;
}

/** By nodemailer's codes and the server's reply code, never by text, which may quote a mail. */
function explain(error: unknown): ProductError {
  if (error instanceof ProductError) return error;
  const { code, responseCode } = (error ?? {}) as SmtpFailure;
  const reply = typeof responseCode === 'number' ? responseCode : 0;
  const kind = classify(code, reply);
  return new ProductError(kind, { subject: SUBJECT, message: sentence(kind, reply), cause: error });
}

function classify(code: unknown, reply: number): SmtpCode {
  if (code === 'ETLS') return 'unreachable';
  if (reply >= 400 && reply < 500) return 'unavailable';
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'unauthenticated';
  if (reply >= 500) return 'refused';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}

function sentence(code: SmtpCode, reply: number): string {
  switch (code) {
    case 'unavailable':
      return `The mail server asks to try again later (${reply}).`;
    case 'unauthenticated':
      return 'The mail server does not accept the user and password of the configuration.';
    case 'refused':
      return `The mail server refuses mail to this address (${reply}). Ask your mail admin whether the address exists and whether the app may send to it.`;
    case 'timeout':
      return 'The mail server did not answer in time.';
    case 'unreachable':
      return 'The mail server could not be reached, or not by TLS.';
  }
}
