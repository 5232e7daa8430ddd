const form = document.getElementById('form');
const problem = document.getElementById('problem');
const button = form.querySelector('button');
const fields = ['code', 'username', 'full_name', 'email', 'password'].map((name) => document.getElementById(name));

// The code is a secret: it leaves the address bar, and so the history, as soon as it is read.
const code = new URLSearchParams(location.search).get('code');
if (code) {
  fields[0].value = code;
  history.replaceState(null, '', location.pathname);
  fields[1].focus();
}

document.getElementById('show').addEventListener('change', ({ target }) => {
  document.getElementById('password').type = target.checked ? 'text' : 'password';
});

function mark(field, message) {
  document.getElementById(`${field.id}-error`).textContent = message;
  if (message) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}

/** What is wrong with a field before anything is sent; the server has the last word. */
function fault(field) {
  if (field.validity.valueMissing) return 'À remplir. Required.';
  if (field.validity.tooShort || [...field.value].length < field.minLength) return 'Au moins 12 caractères. At least 12 characters.';
  if (field.validity.typeMismatch) return 'Adresse incomplète. Incomplete address.';
  return '';
}

/** Shows messages beside their fields, the others below, and leads to the first one. */
function show(detail, errors) {
  const elsewhere = [];
  for (const { champ, message } of errors) {
    const field = fields.find(({ id }) => id === champ);
    if (field) mark(field, message);
    else elsewhere.push(champ ? `${champ} : ${message}` : message);
  }
  problem.textContent = [detail, ...elsewhere].filter(Boolean).join(' ');
  form.querySelector('[aria-invalid]')?.focus();
}

async function send() {
  const response = await fetch('/api/v1/auth/setup', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, application/problem+json' },
    body: JSON.stringify(Object.fromEntries(fields.map(({ id, value }) => [id, value]))),
  });
  if (response.status === 201) {
    document.getElementById('who').textContent = document.getElementById('username').value;
    form.reset(); // no password stays behind in the page
    form.hidden = true;
    const done = document.getElementById('done');
    done.hidden = false;
    done.focus();
    return;
  }
  const body = await response.json().catch(() => ({}));
  const detail = body.detail ?? body.title ?? `Le serveur a répondu ${response.status}. The server answered ${response.status}.`;
  show(detail, Array.isArray(body.errors) ? body.errors : []);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  for (const field of fields) mark(field, '');
  const errors = fields.map((field) => ({ champ: field.id, message: fault(field) })).filter(({ message }) => message);
  if (errors.length) return show('', errors);
  button.disabled = true;
  try {
    await send();
  } catch {
    show('Le serveur n’a pas répondu ; rien n’est perdu, réessayez. The server did not answer; try again.', []);
  } finally {
    button.disabled = false;
  }
});
