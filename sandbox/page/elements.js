// What acts at once: buttons, menus, selects and pickers in actions blocks and beside sections.

import { choices, copies, current, keyOf, same } from "./choices.js";
import { askConfirm } from "./dialog.js";
import { el, freshId, icon, toast } from "./dom.js";
import { input } from "./fields.js";
import { openMenu } from "./menu.js";
import { follow, textObject } from "./mrkdwn.js";

export function action(block, element, surface) {
  return (ACTING[element.type] ?? actingField)(block, element, surface);
}

/** Run a press: the question first if there is one, then the app. The control is busy until the app has answered. */
async function press(block, element, surface, value, node) {
  if (element.confirm && !(await askConfirm(element.confirm, surface.context))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    await surface.click(block, element, value);
  } finally {
    node.removeAttribute("aria-busy");
  }
  return true;
}

function button(block, element, surface) {
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const node = el("button", {
    type: "button", class: `button${style}`, "aria-label": element.accessibility_label,
    data: { key: keyOf(block, element, surface) }, on: { click: () => go() },
  }, textObject(element.text, surface.context));
  async function go() {
    if (node.getAttribute("aria-busy")) return;
    const done = await press(block, element, surface, undefined, node);
    if (done && element.url) follow(element.url, surface.context);
  }
  return node;
}

function overflow(block, element, surface) {
  const { context } = surface;
  const node = el("button", {
    type: "button", class: "button square", "aria-label": "More options", "aria-haspopup": "menu", "aria-expanded": "false",
    data: { key: keyOf(block, element, surface) }, on: { click: open },
  }, icon("more"));
  function open() {
    openMenu(node, element.options.map((option) => ({
      label: textObject(option.text, context),
      hint: option.description ? textObject(option.description, context) : null,
      choose: () => press(block, element, surface, option.value, node),
    })), { label: "More options" });
  }
  return node;
}

/** A select that acts at once. A list opens, so that arrow keys choose without acting. */
function selectButton(block, element, surface) {
  const shown = el("span", {}, element.placeholder ? textObject(element.placeholder, surface.context) : "Choose…");
  const node = el("button", {
    type: "button", class: "button select", "aria-haspopup": "listbox", "aria-expanded": "false",
    data: { key: keyOf(block, element, surface) }, on: { click: open },
  }, shown, icon("down"));
  const chosen = current(block, element, surface);
  const fail = (error) => toast(error.message);
  if (chosen) choices(block, element, surface).then((items) => label(items.find((item) => same(item.value, chosen))), fail);
  function label(item) {
    if (item) shown.replaceChildren(...copies(item.label));
  }
  async function open() {
    try {
      show(await choices(block, element, surface));
    } catch (error) {
      fail(error);
    }
  }
  function show(items) {
    openMenu(node, items.map((item) => ({
      ...item, current: same(item.value, chosen),
      choose: async () => { if (await press(block, element, surface, item.value, node)) label(item); },
    })), { role: "listbox", label: shown.textContent });
  }
  return node;
}

const NAMES = { datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time" };

/** Pickers, radio buttons, checkboxes and many-selects outside an input: the field itself, which acts when it has changed. */
function actingField(block, element, surface) {
  const labelId = freshId("label");
  const words = element.placeholder?.text ?? NAMES[element.type] ?? "Choices";
  const acting = { ...surface, chosen: (value) => press(block, element, surface, value, control) };
  const control = input(block, element, acting, { labelId, controlId: freshId("field"), described: null, invalid: false });
  return el("div", { class: "acting" }, el("span", { class: "unseen", id: labelId }, words), control);
}

const ACTING = {
  button,
  workflow_button: button,
  overflow,
  static_select: selectButton,
  external_select: selectButton,
  users_select: selectButton,
  conversations_select: selectButton,
  channels_select: selectButton,
};
