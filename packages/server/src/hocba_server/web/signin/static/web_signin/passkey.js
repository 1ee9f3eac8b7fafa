// A passkey: fetch what to ask for, ask the device, send its answer, go where the server says.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.codePointAt(0));
};

const text = (buffer) =>
  btoa(String.fromCodePoint(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

const post = async (form, address, body) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const response = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.problem ?? form.dataset.failed);
  return answer;
};

const create = async ({ publicKey }) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });
  return {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
    ...common(made),
  };
};

const get = async ({ publicKey }) => {
  const found = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: withBytes(publicKey.allowCredentials) },
  });
  const { userHandle } = found.response;
  return {
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
    ...(userHandle ? { userHandle: text(userHandle) } : {}),
    ...common(found),
  };
};

const common = (credential) => ({ credential, clientDataJSON: text(credential.response.clientDataJSON) });

const asJson = ({ credential, ...response }, name) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
  response,
  ...(name === undefined ? {} : { name }),
});

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    problem.textContent = form.dataset.unable;
    problem.hidden = false;
    button.disabled = true;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      const options = await post(form, form.dataset.options, {});
      const answer = form.dataset.passkey === "create" ? await create(options) : await get(options);
      const name = form.elements.namedItem("name")?.value;
      const { to } = await post(form, form.action, asJson(answer, name));
      window.location.assign(to);
    } catch (error) {
      problem.textContent = error.name === "NotAllowedError" ? form.dataset.stopped : error.message || form.dataset.failed;
      problem.hidden = false;
      button.disabled = false;
    }
  });
}

// The code of a letter comes behind the # of its address, which no server and no log ever sees.
const code = document.querySelector("[data-from-address]");
if (code && window.location.hash.length > 1) {
  code.value = decodeURIComponent(window.location.hash.slice(1));
  history.replaceState(null, "", window.location.pathname);
}
