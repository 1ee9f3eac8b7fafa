// Talks to the signing agent on this person's own computer. The PIN never passes through here: the
// agent asks for it in a window of its own. Protocol: docs/formats/signing-agent.md.

export const USUAL_ADDRESS = "http://127.0.0.1:14500";

const STORE = "hocba-signing-agent";
const FIND_MS = 4000;
const CALL_MS = 30000;
const SIGN_MS = 180000;
const POLL_MS = 700;
/** Digests in one call: few enough to show progress on a slow token, the agent takes up to 500. */
const PART = 25;

const SENTENCES = {
  absent: [
    "Chưa thấy phần mềm ký trên máy này. Thầy/Cô mở phần mềm ký rồi thử lại; nếu trình duyệt hỏi quyền truy cập thiết bị trên máy, hãy cho phép.",
    "No signing agent was found on this computer. Start it and try again; if the browser asks for access to this device, allow it.",
  ],
  "not-paired": [
    "Trang này chưa được ghép nối với phần mềm ký trên máy của Thầy/Cô. Hãy ghép nối trước.",
    "This page is not paired with the signing agent on your computer. Pair it first.",
  ],
  "pin-locked": [
    "Thiết bị ký đã bị khoá vì nhập sai mã PIN nhiều lần. Liên hệ nhà cung cấp chứng thư số để mở khoá.",
    "The token is locked after too many wrong PINs. Your certificate provider can unlock it.",
  ],
  refused: ["Phần mềm ký không thực hiện yêu cầu này.", "The signing agent refused."],
  "token-removed": [
    "Không thấy thiết bị ký. Thầy/Cô cắm lại thiết bị rồi mở phiên ký mới.",
    "The token is not there. Plug it in again and open a new session.",
  ],
  expired: [
    "Phiên ký hoặc mã đã hết thời gian. Hãy làm lại để tiếp tục.",
    "The session or the code has expired. Start again to go on.",
  ],
};

/** What the agent's codes mean for the page; every other code is a refusal. */
const KINDS = {
  "not-paired": "not-paired",
  "bad-origin": "not-paired",
  "pin-locked": "pin-locked",
  "no-certificate": "token-removed",
  "token-removed": "token-removed",
  "session-expired": "expired",
  "code-expired": "expired",
};

/** `kind` is a key of SENTENCES, `code` the agent's own code; `vi` and `en` are for the person. */
export class AgentError extends Error {
  constructor(kind, { code = kind, vi, en } = {}) {
    const sentences = { vi: vi ?? SENTENCES[kind][0], en: en ?? SENTENCES[kind][1] };
    super(document.documentElement.lang.startsWith("en") ? sentences.en : sentences.vi);
    Object.assign(this, sentences, { name: "AgentError", kind, code });
  }

  static of(error) {
    return new AgentError(KINDS[error?.code] ?? "refused", error ?? {});
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class SigningAgent {
  #session = null;
  #onState = () => {};

  constructor({ address = USUAL_ADDRESS } = {}) {
    this.address = address;
    this.store = address === USUAL_ADDRESS ? STORE : `${STORE}-${address}`;
  }

  /** Whether an agent is here: its version, and whether this page is paired with it. */
  async find() {
    let answer;
    try {
      answer = await this.#send("GET", "/v1/status", undefined, FIND_MS);
    } catch {
      throw new AgentError("absent");
    }
    if (answer.value.agent !== "hocba-agent") throw new AgentError("absent");
    return answer.value;
  }

  /**
   * Pairs this page. `askForCode({ origin, seconds, wrong, signal })` shows a field for the code
   * that the agent displays and answers it, or null when the person gives up; `wrong` is the error
   * of the code before; `signal` aborts when the person agreed in the agent's window instead.
   */
  async pair(askForCode) {
    await this.find();
    const request = await this.#call("POST", "/v1/pair", { origin: location.origin });
    const done = new AbortController();
    const agreed = this.#untilAgreed(request.pairing, done.signal);
    agreed.catch(() => {});
    try {
      for (let wrong = null; ; ) {
        const asked = { origin: location.origin, seconds: request.expires_in, wrong, signal: done.signal };
        const typed = Promise.resolve(askForCode(asked)).then((code) => ({ code }));
        typed.catch(() => {});
        const first = await Promise.race([agreed, typed]);
        if (first.token) return this.#keep(first.token);
        if (first.code === null || first.code === undefined) throw new AgentError("refused");
        try {
          const body = { pairing: request.pairing, code: String(first.code) };
          return this.#keep((await this.#call("POST", "/v1/pair/confirm", body)).token);
        } catch (error) {
          if (error.code !== "code-wrong" && error.code !== "bad-field") throw error;
          wrong = error;
        }
      }
    } finally {
      done.abort();
    }
  }

  async #untilAgreed(pairing, signal) {
    while (!signal.aborted) {
      await pause(POLL_MS);
      if (signal.aborted) break;
      const answer = await this.#call("POST", "/v1/pair/confirm", { pairing });
      if (answer.token) return answer;
    }
    return new Promise(() => {});
  }

  #keep(token) {
    localStorage.setItem(this.store, token);
  }

  /** Whether this page holds a pairing; the agent may have forgotten it meanwhile. */
  get hasPairing() {
    return Boolean(localStorage.getItem(this.store));
  }

  /** Forgets the pairing on this side; the person removes the other side in the agent's window. */
  forget() {
    localStorage.removeItem(this.store);
  }

  /**
   * Certificates on all tokens: sha256, der (Base64), subject, label, token, token_serial,
   * algorithms, and `algorithm`, the first of them or null when the key may not sign.
   */
  async certificates() {
    const { certificates } = await this.#call("GET", "/v1/certificates");
    return certificates.map((row) => ({ ...row, token: row.token_label, algorithm: row.algorithms[0] ?? null }));
  }

  /**
   * Opens a session and waits until the person has given the PIN in the agent's window.
   * `certificate` is one of `certificates()` or its sha256. `onState({ state, signed, count,
   * seconds })` is called at each change, also while signing (state "signing").
   */
  async open({ certificate, purpose, count, onState = () => {} }) {
    if (this.#session) await this.close();
    this.#onState = onState;
    const body = { certificate: certificate.sha256 ?? certificate, purpose, count };
    let session = await this.#call("POST", "/v1/sessions", body);
    this.#session = session;
    this.#tell(session);
    while (session.state === "waiting-for-pin") {
      await pause(POLL_MS);
      session = await this.#call("GET", `/v1/sessions/${session.session}`);
      if (this.#session?.session === session.session) this.#session = session;
    }
    this.#tell(session);
    if (session.state !== "open") {
      this.#session = null;
      throw AgentError.of(session.error);
    }
    return session;
  }

  #tell({ state, signed, count, expires_in: seconds }) {
    this.#onState({ state, signed, count, seconds });
  }

  /** Signatures (Base64) for SHA-256 digests (Base64), in their order; all of them or an error. */
  async sign(digests, algorithm) {
    const session = this.#session;
    if (!session) throw new AgentError("refused", { code: "session-closed" });
    const signatures = [];
    for (let start = 0; start < digests.length; start += PART) {
      const body = { digests: digests.slice(start, start + PART), algorithm };
      signatures.push(...(await this.#signPart(session, body)));
      this.#tell({ ...session, state: "signing", signed: signatures.length });
    }
    return signatures;
  }

  async #signPart(session, body) {
    const path = `/v1/sessions/${session.session}/sign`;
    try {
      return (await this.#call("POST", path, body, SIGN_MS)).signatures;
    } catch (error) {
      if (error.kind !== "absent") throw error;
      // an answer lost on the way is asked for again: the agent signs and counts a digest once
      await pause(POLL_MS);
      return (await this.#call("POST", path, body, SIGN_MS)).signatures;
    }
  }

  /** Ends the session and logs the token out; never fails. */
  async close() {
    const session = this.#session;
    this.#session = null;
    if (!session) return;
    try {
      this.#tell(await this.#call("DELETE", `/v1/sessions/${session.session}`));
    } catch {
      // the session ends by itself when its time is over
    }
  }

  async #call(method, path, body, patience = CALL_MS) {
    let answer;
    try {
      answer = await this.#send(method, path, body, patience);
    } catch {
      // a page that is not paired may not read the answer and sees only that the call failed
      const { paired } = await this.find();
      throw new AgentError(paired ? "absent" : "not-paired");
    }
    if (!answer.ok) throw AgentError.of(answer.value.error);
    return answer.value;
  }

  async #send(method, path, body, patience) {
    const token = localStorage.getItem(this.store);
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(this.address + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(patience),
    });
    return { ok: response.ok, value: await response.json() };
  }
}
