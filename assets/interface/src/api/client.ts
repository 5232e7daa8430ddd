import createClient from 'openapi-fetch';
import { ask } from '@/hors_ligne/online';
import { Problem, isUnreachable } from './problem';
import type { components, paths } from './schema';
import { accessToken, renew } from './token';

export type Schemas = components['schemas'];

/** Sends a request as the person signed in; when the token has run out, renews it once and sends again. */
export async function authorised(request: Request): Promise<Response> {
  const again = request.clone();
  const token = await accessToken();
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  request.headers.set('Accept-Language', acceptLanguage());
  let response = await fetch(request).catch(unanswered);
  if (response.status === 401 && (await renew(token))) {
    again.headers.set('Authorization', `Bearer ${await accessToken()}`);
    again.headers.set('Accept-Language', acceptLanguage());
    response = await fetch(again).catch(unanswered);
  }
  return response;
}

/** Without an answer it may be that there is no reception: what the device says of its network need not be so. */
function unanswered(error: unknown): never {
  if (isUnreachable(error)) void ask();
  throw error;
}

/** The language in which the server's sentences are wanted; what it cannot say in Arabic it says in French. */
export function acceptLanguage(): string {
  const { lang } = document.documentElement;
  return lang === 'en' || lang === 'ar' ? lang : 'fr';
}

/** Every operation of the API, typed by its own description. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: authorised,
  querySerializer: { array: { style: 'form', explode: true } },
});

/** What an operation answered; a {@link Problem} is thrown when it refused. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw new Problem(response.status, typeof error === 'object' && error !== null ? { ...error } : {});
  }
  return data as T;
}

/** The header by which a change is refused (412) if somebody changed the same meanwhile. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });

/** The header by which the same request, sent twice, acts once. */
export const once = () => ({ 'Idempotency-Key': uuid() });

/** A random UUID; `crypto.randomUUID` is missing over plain http. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
