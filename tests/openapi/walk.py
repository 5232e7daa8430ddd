"""What a program of somebody else's does with the client that openapi-python-client made: signs in, walks a list to its
end, creates, and reads why something is refused. Nothing here knows the API but through what was generated."""

import sys
from http import HTTPStatus

from client import AuthenticatedClient, Client
from client.api.auth import read_me, sign_in
from client.api.equipements import list_equipements
from client.api.interventions import change_statut, create_intervention, list_interventions
from client.models import ChangementStatut, NewIntervention, Problem, SignIn, StatutIntervention, TypeIntervention

address, username, password = sys.argv[1:]

signed_in = sign_in.sync(client=Client(address), body=SignIn(username=username, password=password))
assert not isinstance(signed_in, Problem) and signed_in, signed_in
client = AuthenticatedClient(address, signed_in.access_token)
me = read_me.sync(client=client)
assert me.username == username, me

refused = sign_in.sync_detailed(client=Client(address), body=SignIn(username=username, password="au hasard"))
assert refused.status_code == HTTPStatus.UNAUTHORIZED, refused
assert refused.parsed.code == "identifiants_invalides", refused.parsed

seen, cursor = [], None
while True:
    further = {"cursor": cursor} if cursor else {}
    page = list_interventions.sync(client=client, page_size=7, **further)
    seen += [item.id for item in page.items]
    cursor = page.next_cursor
    if not cursor:
        break
assert page.total_exact and len(seen) == len(set(seen)) == page.total > 7, (len(seen), page.total)

machine = list_equipements.sync(client=client, page_size=1).items[0]
new = NewIntervention(
    equipement_id=machine.id, titre="Fuite", type_intervention=TypeIntervention.CORRECTIVE
)
made = create_intervention.sync_detailed(client=client, body=new)
assert made.status_code == HTTPStatus.CREATED, made
assert made.headers["Location"].endswith(f"/interventions/{made.parsed.id}"), made.headers
assert made.parsed.statut == StatutIntervention.PLANIFIE, made.parsed

step = ChangementStatut(statut=StatutIntervention.EN_COURS)
stopped = change_statut.sync_detailed(made.parsed.id, client=client, body=step)
assert stopped.status_code == HTTPStatus.CONFLICT, stopped
assert isinstance(stopped.parsed, Problem) and stopped.parsed.code == "transition_refusee", stopped.parsed
assert stopped.parsed["transitions"] == ["annule"], stopped.parsed
print(f"openapi-python-client: signed in, {len(seen)} of {page.total} rows, created, 409 {stopped.parsed.code}")
