// What can be pressed (in actions blocks and beside sections) and what can be filled in (in input blocks).

import { base64, post } from "./api.js";
import { fromWallClock, wallClock } from "./dates.js";
import { askConfirm } from "./dialog.js";
import { el, freshId, icon, toast } from "./dom.js";
import { follow, textObject } from "./mrkdwn.js";
import { openMenu } from "./menu.js";

const keyOf = (block, element, surface, part = "") => `${surface.key} ${block.block_id} ${element.action_id} ${part}`;

/** Run a press: the question first if there is one, then the app. The control is busy until the app has answered. */
async function press(block, element, surface, value, node, confirm = element.confirm) {
  if (confirm && !(await askConfirm(confirm, surface.context))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    await surface.click(block, element, value);
  } finally {
    node.removeAttribute("aria-busy");
  }
  return true;
}

const optionsOf = (element) => (element.option_groups ?? [{ options: element.options ?? [] }])
  .flatMap((group) => group.options.map((option) => ({ ...option, group: group.label?.text })));

/** The choices of any select as [{value, label, hint, group}]. External ones are asked of the app. */
async function choices(block, element, surface, query = "") {
  const { context } = surface;
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") {
    return context.users().filter((user) => !user.deleted).map((user) => ({ value: user.id, label: [user.real_name], hint: `@${user.name}` }));
  }
  if (kind === "conversations_select" || kind === "channels_select") {
    return context.channels().filter((one) => !one.archived && included(element, kind, one))
      .map((one) => ({ value: one.id, label: [one.kind === "dm" ? `Direct message with ${context.user(one.with)?.real_name ?? one.with}` : `#${one.name}`] }));
  }
  const options = kind === "external_select"
    ? (await post(`as/${context.me.id}/options`, { ...surface.address(), block_id: block.block_id, action_id: element.action_id, query })).options
    : optionsOf(element);
  return options.map((option) => ({
    value: kind === "external_select" ? option : option.value, label: textObject(option.text, context),
    hint: option.description ? textObject(option.description, context) : null, group: option.group,
  }));
}

/** Whether a conversation is among those that the element asks for. */
function included(element, kind, channel) {
  if (kind === "channels_select") return channel.kind === "public";
  const wanted = element.filter?.include ?? ["public", "private", "im"];
  if (element.filter?.exclude_external_shared_channels && channel.shared) return false;
  return channel.kind === "dm" ? wanted.includes("im") : wanted.includes(channel.kind);
}

function initialOf(element) {
  const name = Object.keys(element).find((key) => key.startsWith("initial_"));
  if (!name) return null;
  const value = element[name];
  const bare = (option) => (element.type.endsWith("external_select") ? option : option.value);
  if (name === "initial_option") return bare(value);
  if (name === "initial_options") return value.map(bare);
  if (name === "initial_value" && typeof value === "object") return "";
  return value;
}

const current = (block, element, surface) => surface.entered(block, element) ?? initialOf(element);

function button(block, element, surface) {
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const node = el("button", {
    type: "button", class: `button${style}`, "aria-label": element.accessibility_label, data: { key: keyOf(block, element, surface) },
    on: { click: () => go() },
  }, textObject(element.text, surface.context));
  async function go() {
    if (node.getAttribute("aria-busy")) return;
    const done = await press(block, element, surface, undefined, node);
    if (done && element.url) follow(element.url, surface.context);
  }
  return node;
}

function overflow(block, element, surface) {
  const node = el("button", {
    type: "button", class: "button square", "aria-label": "More options", "aria-haspopup": "menu", "aria-expanded": "false",
    data: { key: keyOf(block, element, surface) }, on: { click: () => openMenu(node, items, { label: "More options" }) },
  }, icon("more"));
  const items = element.options.map((option) => ({
    label: textObject(option.text, surface.context), hint: option.description ? textObject(option.description, surface.context) : null,
    choose: () => press(block, element, surface, option.value, node),
  }));
  return node;
}

/** A select that acts at once. A list opens, so that arrow keys choose without acting. */
function selectButton(block, element, surface) {
  const words = element.placeholder ? textObject(element.placeholder, surface.context) : ["Choose…"];
  const shown = el("span", {}, words);
  const node = el("button", {
    type: "button", class: "button select", "aria-haspopup": "listbox", "aria-expanded": "false",
    data: { key: keyOf(block, element, surface) }, on: { click: open },
  }, shown, icon("down"));
  const chosen = current(block, element, surface);
  if (chosen) choices(block, element, surface).then((items) => label(items.find((item) => same(item.value, chosen))), (error) => toast(error.message));
  function label(item) {
    if (item) shown.replaceChildren(...item.label.map((part) => (typeof part === "string" ? part : part.cloneNode(true))));
  }
  async function open() {
    try {
      show(await choices(block, element, surface));
    } catch (error) {
      toast(error.message);
    }
  }
  function show(items) {
    openMenu(node, items.map((item) => ({
      ...item, current: item.value === chosen,
      choose: async () => { if (await press(block, element, surface, item.value, node)) label(item); },
    })), { role: "listbox", label: shown.textContent });
  }
  return node;
}

/** Pickers, radio buttons, checkboxes and many-selects outside an input: the field itself, which acts on change. */
function actingField(block, element, surface) {
  const labelId = freshId("label");
  const words = element.placeholder?.text ?? { datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time" }[element.type] ?? "Choices";
  const acting = { ...surface, chosen: (value) => press(block, element, surface, value, control) };
  const control = input(block, element, acting, { labelId, controlId: freshId("field"), described: null, invalid: false });
  return el("div", { class: "acting" }, el("span", { class: "unseen", id: labelId }, words), control);
}

const ACTING = { button, workflow_button: button, overflow, static_select: selectButton, external_select: selectButton, users_select: selectButton, conversations_select: selectButton, channels_select: selectButton };

export function action(block, element, surface) {
  return (ACTING[element.type] ?? actingField)(block, element, surface);
}

/** The control of an input block. A group of controls says so by data-group and is named by aria-labelledby. */
export function input(block, element, surface, names) {
  const kind = element.type;
  const draw = kind.startsWith("multi_") ? many : FIELDS[kind] ?? (kind.endsWith("_select") ? single : null);
  if (!draw) return el("p", { class: "unknown" }, `[An input of the type ${kind}, which this page cannot show]`);
  return draw(block, element, surface, names);
}

function base(block, element, surface, names) {
  return {
    id: names.controlId, "aria-labelledby": names.labelId, "aria-describedby": names.described, "aria-invalid": names.invalid ? "true" : null,
    "aria-required": block.type === "input" && !block.optional ? "true" : null, autofocus: element.focus_on_load,
    data: { key: keyOf(block, element, surface) },
  };
}

function dispatches(block, element, on) {
  return block.dispatch_action && (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(on);
}

function text(type, mode) {
  return (block, element, surface, names) => {
    const long = element.multiline || element.type === "rich_text_input";
    const said = el("span", { class: "count", "aria-hidden": "true" });
    const node = el(long ? "textarea" : "input", {
      ...base(block, element, surface, names), type: long ? null : type, inputmode: mode, rows: long ? 5 : null, autocomplete: "off",
      placeholder: element.placeholder?.text, value: current(block, element, surface) ?? "",
      on: { input: changed, keydown: entered },
    });
    function count() {
      said.textContent = element.max_length ? `${node.value.length} of ${element.max_length}` : "";
      said.classList.toggle("over", Boolean(element.max_length) && node.value.length > element.max_length);
    }
    function changed() {
      surface.enter(block, element, node.value);
      count();
      if (dispatches(block, element, "on_character_entered")) surface.click(block, element, node.value);
    }
    function entered(event) {
      if (event.key !== "Enter" || long) return;
      event.preventDefault();
      if (dispatches(block, element, "on_enter_pressed")) surface.click(block, element, node.value);
      else surface.submit?.();
    }
    count();
    return el("div", { class: "text-field" }, node, said);
  };
}

function changedValue(block, element, surface, value) {
  surface.enter(block, element, value);
  if (surface.chosen) surface.chosen(value);
  else if (block.dispatch_action) surface.click(block, element, value);
}

function single(block, element, surface, names) {
  const node = el("select", { ...base(block, element, surface, names), on: { change: () => changedValue(block, element, surface, values[node.selectedIndex]) } });
  let values = [null];
  const here = surface.context.here();
  if (element.default_to_current_conversation && here && current(block, element, surface) === null) surface.enter(block, element, here);
  node.append(el("option", { value: "" }, element.placeholder?.text ?? "Choose…"));
  choices(block, element, surface).then((items) => {
    values = [null, ...items.map((item) => item.value)];
    const chosen = current(block, element, surface);
    let parent = node;
    items.forEach((item, index) => {
      if (item.group && parent.label !== item.group) parent = node.appendChild(el("optgroup", { label: item.group }));
      const words = el("span", {}, item.label).textContent + (item.hint ? `, ${el("span", {}, item.hint).textContent}` : "");
      parent.append(el("option", { value: String(index + 1), selected: same(item.value, chosen) }, words));
    });
  }, (error) => toast(error.message));
  return node;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** A group of boxes or radio buttons under one name. */
function group(block, element, surface, names, type, items) {
  const name = freshId("group");
  const start = [current(block, element, surface) ?? []].flat();
  const boxes = items.map((item, index) => el("input", {
    type, name, id: `${name}-${index}`, checked: start.some((value) => same(value, item.value)),
    "aria-describedby": item.hint ? `${name}-${index}-hint` : null, "aria-invalid": names.invalid ? "true" : null,
    data: { key: keyOf(block, element, surface, JSON.stringify(item.value)) }, on: { change: changed },
  }));
  function changed() {
    const chosen = items.filter((_, index) => boxes[index].checked).map((item) => item.value);
    changedValue(block, element, surface, type === "radio" ? chosen[0] : chosen);
  }
  return el("div", {
    class: items.length > 12 ? "choices long" : "choices", role: type === "radio" ? "radiogroup" : "group", data: { group: "yes" },
    "aria-labelledby": names.labelId, "aria-describedby": names.described,
  }, items.map((item, index) => el("div", { class: "choice" }, boxes[index], el("div", {},
    el("label", { for: boxes[index].id }, item.label), item.hint ? el("p", { class: "quiet", id: `${name}-${index}-hint` }, item.hint) : null))));
}

const boxes = (type) => (block, element, surface, names) => group(block, element, surface, names, type, optionsOf(element).map((option) => ({
  value: option.value, label: textObject(option.text, surface.context), hint: option.description ? textObject(option.description, surface.context) : null,
})));

/** Several out of a list, in the order in which they were chosen. */
function many(block, element, surface, names) {
  const chosen = el("ol", { class: "chips" });
  const addId = freshId("add");
  const add = el("button", {
    ...base(block, element, surface, names), "aria-labelledby": `${addId} ${names.labelId}`, "aria-required": null, id: addId, type: "button", class: "button add",
    "aria-haspopup": "listbox", "aria-expanded": "false", on: { click: open },
  }, "Add…");
  let items = [];
  const values = () => current(block, element, surface) ?? [];
  const full = () => element.max_selected_items && values().length >= element.max_selected_items;
  function change(next) {
    changedValue(block, element, surface, next);
    show();
    add.focus();
  }
  function open() {
    const left = items.filter((item) => !values().some((value) => same(value, item.value)));
    if (left.length) openMenu(add, left.map((item) => ({ ...item, choose: () => change([...values(), item.value]) })), { role: "listbox", label: "Add" });
  }
  function show() {
    const picked = values().map((value) => items.find((item) => same(item.value, value)) ?? { value, label: [String(value)] });
    chosen.replaceChildren(...picked.map((item) => {
      const words = el("span", {}, item.label.map((part) => (typeof part === "string" ? part : part.cloneNode(true))));
      return el("li", {}, words, el("button", {
        type: "button", class: "ghost", "aria-label": `Remove ${words.textContent}`, on: { click: () => change(values().filter((value) => !same(value, item.value))) },
      }, icon("close")));
    }));
    add.disabled = Boolean(full());
  }
  choices(block, element, surface).then((found) => { items = found; show(); }, (error) => toast(error.message));
  return el("div", { class: "many", role: "group", "aria-labelledby": names.labelId, data: { group: "yes" } }, chosen, add);
}

function picker(type, toControl, fromControl) {
  return (block, element, surface, names) => {
    const { tz } = surface.context.me;
    const start = current(block, element, surface);
    const value = () => (node.value ? fromControl(node.value, tz) : null);
    const node = el("input", {
      ...base(block, element, surface, names), type, value: start ? toControl(start, tz) : "",
      on: { change: () => { surface.enter(block, element, value()); changed = true; }, blur: settle, keydown: (event) => event.key === "Enter" && settle() },
    });
    let changed = false;
    // A date that is being typed passes through many dates: only the one that stays is told.
    function settle() {
      if (changed) changedValue(block, element, surface, value());
      changed = false;
    }
    return node;
  };
}

const asIs = (value) => value;

function files(block, element, surface, names) {
  const list = el("ul", { class: "files" });
  const node = el("input", {
    ...base(block, element, surface, names), type: "file", multiple: (element.max_files ?? 10) > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(","), on: { change: add },
  });
  const now = () => surface.entered(block, element) ?? [];
  async function add() {
    try {
      for (const file of node.files) {
        const done = await post(`as/${surface.context.me.id}/upload`, { filename: file.name, content_base64: await base64(file) });
        surface.fileNames.set(done.file.id, file.name);
        surface.enter(block, element, [...now(), done.file.id]);
      }
    } catch (error) {
      toast(error.message);
    }
    node.value = "";
    show();
  }
  function show() {
    list.replaceChildren(...now().map((id) => el("li", {}, icon("file"), el("span", {}, surface.fileNames.get(id) ?? id),
      el("button", { type: "button", class: "ghost", "aria-label": `Remove ${surface.fileNames.get(id) ?? id}`, on: { click: () => { surface.enter(block, element, now().filter((one) => one !== id)); show(); } } }, icon("close")))));
  }
  show();
  return el("div", {}, node, list);
}

const FIELDS = {
  plain_text_input: text("text"), rich_text_input: text("text"), url_text_input: text("url", "url"), email_text_input: text("email", "email"),
  number_input: text("text", "decimal"), radio_buttons: boxes("radio"), checkboxes: boxes("checkbox"), file_input: files,
  datepicker: picker("date", asIs, asIs), timepicker: picker("time", asIs, asIs), datetimepicker: picker("datetime-local", wallClock, fromWallClock),
};
