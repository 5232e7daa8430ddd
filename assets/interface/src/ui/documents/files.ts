//! Files go through the API as whoever is signed in: a plain link would not say who asks.

import { type Schemas, acceptLanguage, authorised, once } from '@/api/client';
import { Problem } from '@/api/problem';
import { accessToken } from '@/api/token';

type Document = Schemas['Document'];

/** The bytes behind an address of the API. */
export async function content(path: string): Promise<Blob> {
  const response = await authorised(new Request(path));
  if (!response.ok) throw await Problem.of(response);
  return response.blob();
}

const bytes = ({ id }: Document) => content(`/api/v1/documents/${id}/contenu`);

/** What a browser shows by itself without running anything. */
const SHOWN = /^(image\/(jpeg|png|webp|gif)|application\/pdf)$/;

/** Shows a document in a tab of its own, or saves it when a browser cannot show it. */
export async function open(document: Document) {
  if (!SHOWN.test(document.type_mime)) return save(document);
  const url = URL.createObjectURL(new Blob([await bytes(document)], { type: document.type_mime }));
  window.open(url, '_blank', 'noopener');
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Saves a document under its name. */
export async function save(document: Document) {
  saveAs(await bytes(document), document.nom_fichier);
}

/** Hands bytes to the person as a file. */
export function saveAs(blob: Blob, name: string) {
  const link = window.document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Sends a file and tells how much of it has gone, from 0 to 1. `fetch` cannot say that. */
export async function upload(file: File, parent: Record<string, number | undefined>, tell: (share: number) => void): Promise<Document> {
  const form = new FormData();
  for (const [key, id] of Object.entries(parent)) if (id !== undefined) form.set(key, String(id));
  form.set('file', file);
  const token = await accessToken();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/documents/');
    if (token) request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Accept-Language', acceptLanguage());
    for (const [name, value] of Object.entries(once())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => tell(loaded / total);
    request.onerror = () => reject(new TypeError('no answer'));
    request.onload = () => {
      const body = JSON.parse(request.responseText || '{}');
      if (request.status === 201) resolve(body);
      else reject(new Problem(request.status, body));
    };
    request.send(form);
  });
}
