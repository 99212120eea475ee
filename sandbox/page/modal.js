// The modal: the top view of the person's stack, its inputs, its errors. The view is the app's, the values are the person's.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { announce, el, focusKey, iconButton, restoreFocus, toast } from "./dom.js";
import { tellOutcome } from "./messages.js";
import { textObject } from "./mrkdwn.js";
import { context } from "./store.js";

const entered = new Map(); // view id -> {block_id: {action_id: value}}
const fileNames = new Map();
let shown = { id: null, hash: null, user: null, errors: "" };
let closing = false;

const dialog = () => document.getElementById("modal");
const as = () => `as/${context.me.id}`;

export function surfaceOfView(view, errors = {}) {
  const mine = entered.get(view.id) ?? entered.set(view.id, {}).get(view.id);
  return {
    context, errors, fileNames, key: `v ${view.id}`, address: () => ({ view_id: view.id }),
    entered: (block, element) => mine[block.block_id]?.[element.action_id],
    enter: (block, element, value) => { (mine[block.block_id] ??= {})[element.action_id] = value; },
    submit: view.type === "modal" ? () => submit(view) : null,
    async click(block, element, value) {
      try {
        const address = { view_id: view.id, block_id: block.block_id, action_id: element.action_id };
        const { outcome } = await post(`${as()}/click`, { ...address, value, values: valuesOf(view) });
        tellOutcome(outcome);
      } catch (error) {
        toast(error.message);
      }
    },
  };
}

/** What was entered into inputs that the view still has; the rest starts from the view. */
function valuesOf(view) {
  const mine = entered.get(view.id) ?? {};
  const inputs = view.blocks.filter((block) => block.type === "input" && mine[block.block_id]?.[block.element.action_id] !== undefined);
  const value = ({ block_id: id, element }) => [id, { [element.action_id]: mine[id][element.action_id] }];
  return Object.fromEntries(inputs.map(value));
}

async function submit(view) {
  const button = dialog().querySelector("#modal-submit");
  if (button?.getAttribute("aria-busy")) return;
  button?.setAttribute("aria-busy", "true");
  try {
    const { outcome, errors } = await post(`${as()}/submit`, { view_id: view.id, values: valuesOf(view) });
    tellOutcome(outcome);
    if (errors && Object.keys(errors).length) showErrors(view, errors);
  } catch (error) {
    toast(error.message);
  }
  button?.removeAttribute("aria-busy");
}

function showErrors(view, errors) {
  draw(view, shown.depth, errors);
  const first = dialog().querySelector("[aria-invalid=true]");
  first?.focus();
  announce(Object.keys(errors).length === 1 ? "1 answer needs a change" : `${Object.keys(errors).length} answers need a change`);
}

async function close(view, clear = false) {
  if (closing) return;
  closing = true;
  try {
    await post(`${as()}/close_view`, { view_id: view.id, ...(clear ? { clear: true } : {}) });
  } catch (error) {
    toast(error.message);
  }
  closing = false;
}

function draw(view, depth, errors) {
  const surface = surfaceOfView(view, errors);
  const title = el("h2", { id: "modal-title", tabindex: "-1" }, textObject(view.title, context));
  const back = depth > 1 ? iconButton("back", "Back", () => close(view)) : null;
  const form = el("div", { class: "modal-body" }, renderBlocks(view.blocks, surface));
  const press = (words, click, more) => el("button", { type: "button", ...more, on: { click } }, words);
  const submitButton = view.submit
    ? press(textObject(view.submit, context), () => submit(view), { class: "button primary", id: "modal-submit", data: { key: `submit ${view.id}` } })
    : null;
  const away = view.close ? textObject(view.close, context) : depth > 1 ? "Back" : "Cancel";
  const closeButton = view.submit || view.close ? press(away, () => close(view), { class: "button", data: { key: "modal-cancel" } }) : null;
  const box = dialog();
  const key = focusKey(box.contains(document.activeElement) ? document.activeElement : null);
  const scrolled = shown.id === view.id ? box.querySelector(".modal-body")?.scrollTop ?? 0 : 0;
  box.replaceChildren(
    el("header", { class: "modal-head" }, back, title,
      iconButton("close", "Close", () => close(view, true), { data: { key: "modal-close" } })),
    form,
    el("footer", { class: "row end modal-foot" }, closeButton, submitButton));
  box.oncancel = (event) => {
    event.preventDefault();
    close(view);
  };
  if (!box.open) box.showModal();
  const same = shown.id === view.id;
  form.scrollTop = scrolled;
  if (!(same && key && restoreFocus(box, key))) {
    (form.querySelector("[autofocus]") ?? form.querySelector("input, textarea, select, button") ?? title).focus();
  }
  shown = { id: view.id, hash: view.hash, user: context.me.id, depth, errors: JSON.stringify(errors) };
}

/** Show what the person's stack holds now. */
export function showView({ top, stack }) {
  const box = dialog();
  if (!top) {
    if (box.open) box.close();
    box.replaceChildren();
    shown = { id: null, hash: null, user: null, errors: "" };
    return;
  }
  const errors = top.errors ?? {};
  const same = shown.id === top.id && shown.hash === top.hash && shown.user === context.me.id && shown.depth === stack.length;
  if (same && shown.errors === JSON.stringify(errors)) return;
  draw(top, stack.length, errors);
  if (same && Object.keys(errors).length) dialog().querySelector("[aria-invalid=true]")?.focus();
}
