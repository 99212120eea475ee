// The small question before a step: title, text, two buttons. The browser's own dialog keeps the focus in and gives it back.

import { el, freshId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

function ask({ title, body, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const titleId = freshId("question");
    const answer = (value) => () => { dialog.close(); resolve(value); };
    const dialog = el("dialog", { class: "question", "aria-labelledby": titleId, on: { cancel: () => resolve(false), close: () => dialog.remove() } },
      el("h2", { id: titleId }, title),
      el("div", { class: "question-text" }, body),
      el("div", { class: "row end" },
        el("button", { type: "button", class: "button", on: { click: answer(false) } }, deny),
        el("button", { type: "button", class: danger ? "button danger" : "button primary", on: { click: answer(true) } }, confirm)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Block Kit's confirm object. */
export function askConfirm(confirm, context) {
  return ask({
    title: textObject(confirm.title, context),
    body: textObject(confirm.text, context),
    confirm: textObject(confirm.confirm, context),
    deny: textObject(confirm.deny, context),
    danger: confirm.style === "danger",
  });
}

export function askPlainly(title, text, confirm) {
  return ask({ title, body: text, confirm, deny: "Cancel", danger: true });
}
