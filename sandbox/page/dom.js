// Builds elements. Text only ever becomes text nodes, so nothing that a person or an app wrote can turn into markup.

const FORBIDDEN = /^(on|style$|srcdoc$)/;

/** el("p", {class: "quiet", on: {click: go}}, "text", node): null, undefined and false children are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name === "value" || name === "checked" || name === "selected") {
      node[name] = value;
    } else if (FORBIDDEN.test(name)) {
      throw new Error(`${name} is not set from data`);
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  reply: "M5 6h14v9h-8l-4 4v-4H5z",
  attach: "M8 12l5-5a3 3 0 014 4l-7 7a5 5 0 01-7-7l6-6",
  at: "M16 12a4 4 0 11-8 0 4 4 0 018 0zm0 0v1.5a2.5 2.5 0 005 0V12a9 9 0 10-4 7.5",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  send: "M4 12l16-8-6 16-3-7z",
  hash: "M9 4L7 20M17 4l-2 16M4 9h16M3 15h16",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 018 0v3",
  globe: "M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3 2",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12l5 5 9-10",
  down: "M7 10l5 5 5-5",
  people: "M9 11a3 3 0 100-6 3 3 0 000 6zM3 19a6 6 0 0112 0M16 5a3 3 0 010 6M17 14a6 6 0 014 5",
  home: "M4 11l8-7 8 7v9H4zM10 20v-6h4v6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  menu: "M4 7h16M4 12h16M4 17h16",
};

/** A line icon for decoration: the control that holds it carries the name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["class", `icon icon-${name}`], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button or, with an address, a link that shows only an icon; `label` names it for ears and in the tooltip. */
export function iconButton(name, label, click, more = {}) {
  const act = typeof click === "string" ? { href: click } : { type: "button", on: { click } };
  return el(act.href ? "a" : "button", { class: "ghost", "aria-label": label, title: label, ...act, ...more }, icon(name));
}

export const quiet = (...words) => el("span", { class: "quiet" }, ...words);

let counter = 0;

/** An id that no other element of this page has. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Replace the children of `parent` and give the focus back to what has the same data-key as what had it. */
export function refill(parent, ...children) {
  const key = parent.contains(document.activeElement) ? focusKey(document.activeElement) : null;
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key !== null) restoreFocus(parent, key);
}

/** What names the focused control across a new rendering: its own data-key, with that of the message around it. */
export function focusKey(node) {
  return node?.closest("[data-key]")?.dataset.key ?? null;
}

export function restoreFocus(root, key) {
  const found = [...root.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  if (found && document.activeElement !== found) found.focus({ preventScroll: true });
  return Boolean(found);
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A sentence that needs to be read: stays until dismissed or for ten seconds. */
export function toast(text) {
  const box = el("div", { class: "toast" }, el("p", {}, text),
    el("button", { class: "ghost", type: "button", "aria-label": "Dismiss", on: { click: () => box.remove() } }, icon("close")));
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 10000);
}
