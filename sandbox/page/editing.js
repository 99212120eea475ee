// Changing one's own message. The sandbox escapes what is typed, as Slack's client does, so here it is read back.

import { post } from "./api.js";
import { el, toast } from "./dom.js";
import { context } from "./store.js";

export function editDialog(message) {
  const field = el("textarea", { id: "edit-text", rows: "4", value: readable(message.text) });
  const dialog = el("dialog", { class: "question", "aria-labelledby": "edit-title", on: { close: () => dialog.remove() } },
    el("h2", { id: "edit-title" }, "Edit message"), el("label", { class: "unseen", for: "edit-text" }, "Text"), field,
    el("div", { class: "row end" },
      el("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel"),
      el("button", { type: "button", class: "button primary", on: { click: save } }, "Save")));
  async function save() {
    try {
      await post(`as/${context.me.id}/edit`, { channel: message.channel, ts: message.ts, text: field.value });
      dialog.close();
    } catch (error) {
      toast(error.message);
    }
  }
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
}

function readable(text) {
  return text.replace(/<@([A-Z0-9]+)(\|[^>]*)?>/g, (whole, id) => `@${context.user(id)?.name ?? id}`)
    .replace(/<#([A-Z0-9]+)(\|[^>]*)?>/g, (whole, id) => `#${context.channel(id)?.name ?? id}`)
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
