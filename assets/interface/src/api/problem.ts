import type { Schemas } from './client';
import { reason, sentence } from './refusals';

/** One field that the server refused, and why, in words. */
export type FieldError = { champ: string; code: string; message: string };

/** An answer of the API that is not a success (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  /** Stable and machine-readable, such as `chevauchement`. */
  readonly code: string;
  readonly errors: FieldError[];
  readonly requestId: string | null;
  /** All that the answer said, such as `conflits` and `suggestions`. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    const said = body as Partial<Schemas['Problem']>;
    super(sentence(said.code ?? '', said.detail ?? said.title ?? `HTTP ${status}`));
    this.name = 'Problem';
    this.status = status;
    this.code = said.code ?? 'inconnu';
    this.errors = ((said.errors ?? []) as FieldError[]).map((error) => ({ ...error, message: reason(error.code, error.message) }));
    this.requestId = said.request_id ?? null;
    this.body = body;
  }

  static async of(response: Response): Promise<Problem> {
    const body = await response.json().catch(() => ({}));
    return new Problem(response.status, typeof body === 'object' && body !== null ? body : {});
  }
}

/** Whether nothing was answered at all: no reception, or the server is down. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
}
