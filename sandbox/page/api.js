// The control API of the sandbox: sandbox/control.py says what each call takes and gives.

/** The sandbox said no; the message is a sentence for people. */
export class Refusal extends Error {}

async function read(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    throw new Refusal(`The sandbox answered ${response.status} without a reason.`);
  }
  if (!response.ok || body.ok === false) throw new Refusal(body.error ?? `The sandbox answered ${response.status}.`);
  return body;
}

async function send(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refusal("The sandbox does not answer. Is it still running?");
  }
  return read(response);
}

export function get(path, query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return send(`/control/${path}${text ? `?${text}` : ""}`, { headers: { Accept: "application/json" } });
}

export function post(path, body = {}) {
  return send(`/control/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
}

/** The bytes of a picked file as the upload call wants them. */
export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

/** Calls `heard(change)` for everything that changes, and `again()` after a lost connection came back. */
export function live(heard, again, lost) {
  let known = false;
  let wait = 250;
  const connect = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/control/live`);
    socket.onmessage = (event) => {
      const change = JSON.parse(event.data);
      if (change.kind !== "hello") return heard(change);
      wait = 250;
      if (known) again();
      known = true;
    };
    socket.onclose = () => {
      if (known) lost();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 4000);
    };
  };
  connect();
}
