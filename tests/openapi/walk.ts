// What a program of somebody else's does with the client that @hey-api/openapi-ts made: signs in, walks a list to its
// end, creates, and reads why something is refused. Nothing here knows the API but through what was generated.

import assert from "node:assert/strict";
import { createClient } from "./client/client/index.js";
import { changeStatut, createIntervention, listEquipements, listInterventions, readMe, signIn } from "./client/sdk.gen.js";

const [baseUrl, username, password] = process.argv.slice(2);
assert(baseUrl && username && password);
const stranger = createClient({ baseUrl });

const signedIn = await signIn({ client: stranger, body: { username, password } });
assert(signedIn.data, JSON.stringify(signedIn.error));
const client = createClient({ baseUrl, auth: signedIn.data.access_token });
const me = await readMe({ client, throwOnError: true });
assert.equal(me.data.username, username);

const refused = await signIn({ client: stranger, body: { username, password: "au hasard" } });
assert.equal(refused.response?.status, 401);
assert.equal(refused.error?.code, "identifiants_invalides");

const seen: number[] = [];
let total: number;
let cursor: string | undefined;
do {
  const { data: page } = await listInterventions({ client, query: { page_size: 7, ...(cursor && { cursor }) }, throwOnError: true });
  assert(page.total_exact);
  seen.push(...page.items.map(({ id }) => id));
  total = page.total;
  cursor = page.next_cursor ?? undefined;
} while (cursor);
assert(total > 7 && seen.length === total && new Set(seen).size === total, `${seen.length} of ${total}`);

const machines = await listEquipements({ client, query: { page_size: 1 }, throwOnError: true });
const machine = machines.data.items[0];
assert(machine);
const made = await createIntervention({ client, body: { equipement_id: machine.id, titre: "Fuite", type_intervention: "corrective" } });
assert(made.data, JSON.stringify(made.error));
assert.equal(made.response?.status, 201);
assert.equal(made.response.headers.get("Location"), `/api/v1/interventions/${made.data.id}`);
assert.equal(made.data.statut, "planifie");

const stopped = await changeStatut({ client, path: { id: made.data.id }, body: { statut: "en_cours" } });
assert.equal(stopped.response?.status, 409);
assert.equal(stopped.error?.code, "transition_refusee");
assert.deepEqual(stopped.error["transitions"], ["annule"]);
console.log(`@hey-api/openapi-ts: signed in, ${seen.length} of ${total} rows, created, 409 ${stopped.error.code}`);
