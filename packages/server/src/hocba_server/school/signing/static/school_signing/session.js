// Drives one signing session with the agent on this computer: digests from the platform, signatures
// from the device, round after round. The PIN is typed into the agent's own window, never here.

import { SigningAgent } from "./agent.js";

// One box per page; a page without one loads this file for nothing.
const box = document.getElementById("agent");
const say = document.getElementById("agent-state");
const token = document.querySelector("#agent-token input")?.value;
const agent = new SigningAgent({ address: box?.dataset.agent });
const vietnamese = document.documentElement.lang !== "en";

document.getElementById("agent-go")?.addEventListener("click", () => guarded(connect));

async function connect() {
  tell(vietnamese ? "Đang tìm chương trình ký…" : "Looking for the signing program…");
  const { paired } = await agent.find();
  offer(await certificates(paired && agent.hasPairing));
}

/** An agent that does not know this page is not asked in vain: the browser would log an error. */
async function certificates(known) {
  try {
    if (!known) await agent.pair(askForCode);
    return await agent.certificates();
  } catch (problem) {
    if (problem.kind !== "not-paired") throw problem;
    await agent.pair(askForCode);
    return agent.certificates();
  }
}

function askForCode({ wrong = null, signal = null } = {}) {
  const words = vietnamese ? "Nhập mã 6 số hiện trong cửa sổ chương trình ký." : "Type the 6 digits that the signing program shows.";
  tell(wrong ? `${vietnamese ? wrong.vi : wrong.en} ${words}` : words, Boolean(wrong));
  const form = document.getElementById("agent-code");
  const input = document.getElementById("agent-code-input");
  form.hidden = false;
  input.value = "";
  input.focus();
  return new Promise((resolve) => {
    const done = (value) => {
      form.hidden = true;
      resolve(value);
    };
    // The person may agree in the agent's own window instead.
    signal?.addEventListener("abort", () => done(null), { once: true });
    form.onsubmit = (event) => {
      event.preventDefault();
      done(input.value);
    };
  });
}

function offer(found) {
  const certificates = found.filter((certificate) => certificate.algorithm);
  if (!certificates.length) {
    tell(vietnamese ? "Không thấy chứng thư số nào trên thiết bị. Cắm USB token rồi bấm lại." : "No certificate was found. Plug the token in and try again.");
    return;
  }
  const choices = document.getElementById("agent-choices");
  choices.replaceChildren(...certificates.map((certificate, at) => choice(certificate, at)));
  const form = document.getElementById("agent-certificates");
  form.hidden = false;
  tell(vietnamese ? "Chọn chứng thư số rồi bấm Ký." : "Choose the certificate, then sign.");
  form.onsubmit = (event) => {
    event.preventDefault();
    form.hidden = true;
    guarded(() => signAll(certificates[Number(new FormData(form).get("certificate"))]));
  };
}

function choice(certificate, at) {
  const label = document.createElement("label");
  label.className = "choice";
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "certificate", value: String(at), checked: at === 0 });
  label.append(input, ` ${certificate.subject ?? certificate.label} · ${certificate.token ?? ""}`);
  return label;
}

async function signAll(certificate) {
  let round = await post(box.dataset.address, offerOf(certificate));
  if (!round.over) {
    tell(vietnamese ? "Nhập mã PIN trong cửa sổ chương trình ký." : "Type the PIN in the window of the signing program.");
    await agent.open({
      certificate,
      purpose: box.dataset.purpose,
      count: Math.max(round.digests.length, Number(box.dataset.count) * Math.ceil(round.digests.length / Math.max(1, round.records))),
      onState: () => {},
    });
  }
  let next = "";
  try {
    next = await signRounds(certificate, round);
  } finally {
    await agent.close();
  }
  tell(vietnamese ? "✓ Đã ký xong." : "✓ Signed.");
  document.getElementById("agent-go").hidden = true;
  if (next) location.assign(next);
}

/** Answers where to go on; papers have such a place, sessions stay on their page. */
async function signRounds(certificate, first) {
  let round = first;
  let signed = 0;
  while (!round.over) {
    const signatures = await agent.sign(round.digests, certificate.algorithm);
    const kept = await post(`${box.dataset.address}xong/`, { signatures });
    signed += round.records;
    tell(vietnamese ? `Đã ký ${signed}…` : `${signed} signed…`);
    if (kept.over) return kept.next ?? "";
    round = await post(box.dataset.address, offerOf(certificate));
  }
  return "";
}

/** The certificate, and what the person typed into the form that belongs to the paper. */
function offerOf(certificate) {
  const form = document.getElementById(box.dataset.fields ?? "");
  if (form && !form.reportValidity()) throw new Error(vietnamese ? "Điền đủ các ô rồi ký." : "Fill the fields, then sign.");
  const fields = {};
  for (const [name, value] of form ? new FormData(form) : []) {
    if (name !== "csrfmiddlewaretoken") (fields[name] ??= []).push(value);
  }
  return { fields, certificate: certificate.der, algorithm: certificate.algorithm };
}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    credentials: "same-origin",
  });
  const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
  if (!isJson) throw new Error(vietnamese ? "Phiên đăng nhập đã hết. Đăng nhập lại rồi ký tiếp." : "Your session has ended. Sign in and continue.");
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.sentence);
  return answer;
}

async function guarded(work) {
  try {
    await work();
  } catch (problem) {
    const words = (vietnamese ? problem.vi : problem.en) ?? problem.message;
    tell(`✗ ${words}`, true);
    document.getElementById("agent-go").hidden = false;
  }
}

function tell(words, bad = false) {
  say.textContent = words;
  say.classList.toggle("notice--danger", bad);
}
