// A menu that opens beside its button: arrow keys, first letters, Escape; the focus goes back to the button.

import { el } from "./dom.js";

let open = null;

export function closeMenu() {
  open?.hidePopover();
}

/**
 * items: [{label: text or nodes, hint?, group?, danger?, current?, choose()}]. `role` "menu" for actions, "listbox" for choices.
 */
export function openMenu(button, items, { role = "menu", label }) {
  closeMenu();
  const itemRole = role === "menu" ? "menuitem" : "option";
  const rows = [];
  const list = el("div", { class: "menu", role, "aria-label": label, popover: "auto" });
  let group = null;
  for (const item of items) {
    if (item.group && item.group !== group) list.append(el("div", { class: "menu-group", role: "presentation" }, item.group));
    group = item.group ?? group;
    const row = el("button", {
      type: "button", role: itemRole, tabindex: "-1", class: item.danger ? "menu-item danger" : "menu-item",
      "aria-selected": role === "listbox" ? String(Boolean(item.current)) : null,
      on: { click: () => { list.hidePopover(); item.choose(); } },
    }, el("span", {}, item.label), item.hint ? el("span", { class: "quiet" }, item.hint) : null);
    rows.push(row);
    list.append(row);
  }
  list.addEventListener("keydown", (event) => steer(event, rows, list));
  list.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const had = list.contains(document.activeElement) || document.activeElement === document.body;
    list.remove();
    if (open === list) open = null;
    button.setAttribute("aria-expanded", "false");
    if (had && button.isConnected) button.focus();
  });
  (button.closest("dialog") ?? document.body).append(list);
  list.showPopover();
  open = list;
  button.setAttribute("aria-expanded", "true");
  place(list, button);
  (rows[items.findIndex((item) => item.current)] ?? rows[0])?.focus();
}

function place(list, button) {
  const at = button.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
  const below = at.bottom + 4 + size.height <= innerHeight - 8;
  const top = below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4);
  list.style.left = `${left}px`;
  list.style.top = `${top}px`;
}

function steer(event, rows, list) {
  const at = rows.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  if (event.key in steps) {
    event.preventDefault();
    rows.at(steps[event.key] % rows.length)?.focus();
  } else if (event.key === "Tab") {
    event.preventDefault();
    list.hidePopover();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    list.hidePopover();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
    const letter = event.key.toLowerCase();
    const after = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
    after.find((row) => row.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }
}
