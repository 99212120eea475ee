// What can be filled in: one control for each kind of input. A group of controls says so by data-group.

import { base64, post } from "./api.js";
import { choices, choose, copies, current, keyOf, optionsOf, same } from "./choices.js";
import { fromWallClock, wallClock } from "./dates.js";
import { el, freshId, icon, toast } from "./dom.js";
import { openMenu } from "./menu.js";
import { textObject } from "./mrkdwn.js";

/** The control of an element. `names` is {labelId, controlId, described, invalid}: what names and describes it. */
export function input(block, element, surface, names) {
  const kind = element.type;
  const draw = kind.startsWith("multi_") ? many : FIELDS[kind] ?? (kind.endsWith("_select") ? single : null);
  if (!draw) return el("p", { class: "unknown" }, `[An input of the type ${kind}, which this page cannot show]`);
  return draw(block, element, surface, names);
}

function base(block, element, surface, names) {
  return {
    id: names.controlId,
    "aria-labelledby": names.labelId,
    "aria-describedby": names.described,
    "aria-invalid": names.invalid ? "true" : null,
    "aria-required": block.type === "input" && !block.optional ? "true" : null,
    autofocus: element.focus_on_load,
    data: { key: keyOf(block, element, surface) },
  };
}

const fail = (error) => toast(error.message);

function dispatches(block, element, on) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return block.dispatch_action && when.includes(on);
}

function text(type, mode) {
  return (block, element, surface, names) => {
    const long = element.multiline || element.type === "rich_text_input";
    const said = el("span", { class: "count", "aria-hidden": "true" });
    const node = el(long ? "textarea" : "input", {
      ...base(block, element, surface, names),
      type: long ? null : type, inputmode: mode, rows: long ? 5 : null, autocomplete: "off",
      placeholder: element.placeholder?.text, value: current(block, element, surface) ?? "",
      on: { input: changed, keydown: pressed },
    });
    function count() {
      const most = element.max_length;
      said.textContent = most ? `${node.value.length} of ${most}` : "";
      said.classList.toggle("over", Boolean(most) && node.value.length > most);
    }
    function changed() {
      surface.enter(block, element, node.value);
      count();
      if (dispatches(block, element, "on_character_entered")) surface.click(block, element, node.value);
    }
    function pressed(event) {
      if (event.key !== "Enter" || long) return;
      event.preventDefault();
      if (dispatches(block, element, "on_enter_pressed")) surface.click(block, element, node.value);
      else surface.submit?.();
    }
    count();
    return el("div", { class: "text-field" }, node, said);
  };
}

function single(block, element, surface, names) {
  let values = [null];
  const node = el("select", {
    ...base(block, element, surface, names),
    on: { change: () => choose(block, element, surface, values[node.selectedIndex]) },
  });
  const here = surface.context.here();
  if (element.default_to_current_conversation && here && current(block, element, surface) === null) {
    surface.enter(block, element, here);
  }
  function show(items) {
    values = [null, ...items.map((item) => item.value)];
    const chosen = current(block, element, surface);
    let parent = node;
    items.forEach((item, index) => {
      if (item.group && parent.label !== item.group) parent = node.appendChild(el("optgroup", { label: item.group }));
      const hint = item.hint ? `, ${el("span", {}, item.hint).textContent}` : "";
      const words = el("span", {}, item.label).textContent + hint;
      parent.append(el("option", { value: String(index + 1), selected: same(item.value, chosen) }, words));
    });
  }
  node.append(el("option", { value: "" }, element.placeholder?.text ?? "Choose…"));
  choices(block, element, surface).then(show, fail);
  return node;
}

/** A group of boxes or radio buttons under one name. */
function boxes(type) {
  return (block, element, surface, names) => {
    const items = optionsOf(element);
    const name = freshId("group");
    const start = [current(block, element, surface) ?? []].flat();
    const marks = items.map((item, index) => el("input", {
      type, name, id: `${name}-${index}`, checked: start.includes(item.value),
      "aria-describedby": item.description ? `${name}-${index}-hint` : null,
      "aria-invalid": names.invalid ? "true" : null,
      data: { key: keyOf(block, element, surface, item.value) }, on: { change: changed },
    }));
    function changed() {
      const chosen = items.filter((_, index) => marks[index].checked).map((item) => item.value);
      choose(block, element, surface, type === "radio" ? chosen[0] : chosen);
    }
    const row = (item, index) => el("div", { class: "choice" }, marks[index], el("div", {},
      el("label", { for: marks[index].id }, textObject(item.text, surface.context)),
      item.description ? el("p", { class: "quiet", id: `${name}-${index}-hint` }, textObject(item.description, surface.context)) : null));
    return el("div", {
      class: "choices", role: type === "radio" ? "radiogroup" : "group", data: { group: "yes" },
      "aria-labelledby": names.labelId, "aria-describedby": names.described,
    }, items.map(row));
  };
}

/** Several out of a list, in the order in which they were chosen. */
function many(block, element, surface, names) {
  const chosen = el("ol", { class: "chips" });
  const addId = freshId("add");
  const add = el("button", {
    ...base(block, element, surface, names),
    "aria-labelledby": `${addId} ${names.labelId}`, "aria-required": null, id: addId, type: "button", class: "button add",
    "aria-haspopup": "listbox", "aria-expanded": "false", on: { click: open },
  }, "Add…");
  let items = [];
  const values = () => current(block, element, surface) ?? [];
  function change(next) {
    choose(block, element, surface, next);
    show();
    add.focus();
  }
  function open() {
    const left = items.filter((item) => !values().some((value) => same(value, item.value)));
    const rows = left.map((item) => ({ ...item, choose: () => change([...values(), item.value]) }));
    if (rows.length) openMenu(add, rows, { role: "listbox", label: "Add" });
  }
  function chip(value) {
    const label = items.find((item) => same(item.value, value))?.label ?? [String(value)];
    const words = el("span", {}, copies(label));
    return el("li", {}, words, el("button", {
      type: "button", class: "ghost", "aria-label": `Remove ${words.textContent}`,
      on: { click: () => change(values().filter((one) => !same(one, value))) },
    }, icon("close")));
  }
  function show() {
    chosen.replaceChildren(...values().map(chip));
    add.disabled = Boolean(element.max_selected_items) && values().length >= element.max_selected_items;
  }
  choices(block, element, surface).then((found) => { items = found; show(); }, fail);
  return el("div", { class: "many", role: "group", "aria-labelledby": names.labelId, data: { group: "yes" } }, chosen, add);
}

/** A date that is being typed passes through many dates: only the one that stays is told. */
function picker(type, toControl, fromControl) {
  return (block, element, surface, names) => {
    const { tz } = surface.context.me;
    const start = current(block, element, surface);
    const value = () => (node.value ? fromControl(node.value, tz) : null);
    let changed = false;
    const node = el("input", {
      ...base(block, element, surface, names), type, value: start ? toControl(start, tz) : "",
      on: { change: note, blur: settle, keydown: (event) => event.key === "Enter" && settle() },
    });
    function note() {
      surface.enter(block, element, value());
      changed = true;
    }
    function settle() {
      if (changed) choose(block, element, surface, value());
      changed = false;
    }
    return node;
  };
}

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
        const body = { filename: file.name, content_base64: await base64(file) };
        const done = await post(`as/${surface.context.me.id}/upload`, body);
        surface.fileNames.set(done.file.id, file.name);
        surface.enter(block, element, [...now(), done.file.id]);
      }
    } catch (error) {
      fail(error);
    }
    node.value = "";
    show();
  }
  function remove(id) {
    surface.enter(block, element, now().filter((one) => one !== id));
    show();
    node.focus();
  }
  function row(id) {
    const name = surface.fileNames.get(id) ?? id;
    return el("li", {}, icon("file"), el("span", {}, name),
      el("button", { type: "button", class: "ghost", "aria-label": `Remove ${name}`, on: { click: () => remove(id) } }, icon("close")));
  }
  function show() {
    list.replaceChildren(...now().map(row));
  }
  show();
  return el("div", {}, node, list);
}

const asIs = (value) => value;

const FIELDS = {
  plain_text_input: text("text"),
  rich_text_input: text("text"),
  url_text_input: text("url", "url"),
  email_text_input: text("email", "email"),
  number_input: text("text", "decimal"),
  radio_buttons: boxes("radio"),
  checkboxes: boxes("checkbox"),
  file_input: files,
  datepicker: picker("date", asIs, asIs),
  timepicker: picker("time", asIs, asIs),
  datetimepicker: picker("datetime-local", wallClock, fromWallClock),
};
