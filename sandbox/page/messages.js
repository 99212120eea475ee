// A list of messages: days, authors, blocks, files, threads, and what can be done with a message.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { dayLabel, isoDay, longDay, time } from "./dates.js";
import { askPlainly } from "./dialog.js";
import { el, focusKey, icon, restoreFocus, toast } from "./dom.js";
import { editDialog } from "./editing.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { isNewThread } from "./news.js";
import { avatar } from "./sidebar.js";
import { context, place, state } from "./store.js";

const COMPACT_SECONDS = 300;

/** Tell a person what the app did not do. */
export function tellOutcome(outcome) {
  if (outcome?.message) toast(outcome.message);
}

function surfaceOf(message) {
  const address = { channel: message.channel, ts: message.ts };
  return {
    context, key: `m ${message.ts}`, address: () => address, entered: () => undefined, enter: () => undefined, fileNames: new Map(),
    async click(block, element, value) {
      try {
        const { outcome } = await post(`as/${context.me.id}/click`, { ...address, block_id: block.block_id, action_id: element.action_id, value });
        tellOutcome(outcome);
      } catch (error) {
        toast(error.message);
      }
    },
  };
}

const author = (message) => context.user(message.user) ?? (message.bot_id ? context.user(state.world.app.bot_user) : null);

function sizeOf(bytes) {
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} kB` : `${bytes} bytes`;
}

function fileCard(file) {
  return el("a", { class: "file", href: `/control/files/${encodeURIComponent(file.id)}?as=${context.me.id}`, download: file.name }, icon("file"),
    el("span", {}, el("strong", {}, file.name ?? file.id), el("span", { class: "quiet" }, file.size === undefined ? "" : sizeOf(file.size))));
}

function body(message) {
  const parts = [];
  if (message.blocks?.length) parts.push(renderBlocks(message.blocks, surfaceOf(message)));
  else if (message.text) parts.push(el("div", { class: "block text" }, mrkdwn(message.text, context)));
  for (const attachment of message.attachments ?? []) {
    parts.push(el("div", { class: "attachment" }, attachment.blocks ? renderBlocks(attachment.blocks, surfaceOf(message)) : mrkdwn(attachment.text ?? attachment.fallback ?? "", context)));
  }
  if (message.files?.length) parts.push(el("div", { class: "file-row" }, message.files.map(fileCard)));
  return parts;
}

function threadLink(message) {
  if (!message.reply_count) return null;
  const fresh = isNewThread(context.me.id, message.channel, message);
  return el("a", { class: fresh ? "thread-link fresh" : "thread-link", href: place({ kind: "channel", channel: message.channel, thread: message.ts }), data: { key: `thread ${message.ts}` } },
    (message.reply_users ?? []).slice(0, 4).map((id) => avatar(context.user(id), "small")),
    el("strong", {}, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    el("span", { class: "quiet" }, message.latest_reply ? `last ${dayLabel(Number(message.latest_reply), context.now(), context.me.tz).toLowerCase()} at ${time(Number(message.latest_reply), context.me.tz)}` : ""),
    fresh ? el("span", { class: "new" }, "new") : null);
}

async function attempt(step) {
  try {
    await step();
  } catch (error) {
    toast(error.message);
  }
}

function toolbar(message, inThread) {
  const as = `as/${context.me.id}`;
  const who = author(message)?.real_name ?? "this message";
  const menuButton = el("button", {
    type: "button", class: "ghost", "aria-label": `More actions for the message of ${who}`, title: "More actions", "aria-haspopup": "menu", "aria-expanded": "false",
    data: { key: `more ${message.ts}` }, on: { click: () => openMenu(menuButton, items(), { label: "More actions" }) },
  }, icon("more"));
  const items = () => [
    ...state.world.app.shortcuts.filter((shortcut) => shortcut.type === "message").map((shortcut) => ({
      label: shortcut.name, hint: state.world.app.name,
      choose: () => attempt(async () => tellOutcome((await post(`${as}/shortcut`, { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts })).outcome)),
    })),
    { label: "Copy link", choose: () => attempt(() => navigator.clipboard.writeText(message.permalink ?? "")) },
    message.mine && message.text && !message.bot_id ? { label: "Edit message", choose: () => editDialog(message) } : null,
    message.mine ? { label: "Delete message", danger: true, choose: remove } : null,
  ].filter(Boolean);
  async function remove() {
    if (await askPlainly("Delete message", "Delete this message for everybody? This cannot be undone.", "Delete")) {
      await attempt(() => post(`${as}/delete`, { channel: message.channel, ts: message.ts }));
    }
  }
  if (message.ephemeral) {
    return el("div", { class: "toolbar" }, el("button", {
      type: "button", class: "ghost", "aria-label": "Dismiss this message", title: "Dismiss", data: { key: `dismiss ${message.ts}` },
      on: { click: () => attempt(() => post(`${as}/delete`, { channel: message.channel, ts: message.ts })) },
    }, icon("close")));
  }
  return el("div", { class: "toolbar" },
    inThread ? null : el("a", { class: "ghost", href: place({ kind: "channel", channel: message.channel, thread: message.thread_ts ?? message.ts }), "aria-label": `Reply in thread to the message of ${who}`, title: "Reply in thread", data: { key: `reply ${message.ts}` } }, icon("reply")),
    menuButton);
}

function row(message, { compact, inThread }) {
  const who = author(message);
  const at = Number(message.ts);
  const stamp = el("time", { class: "stamp", datetime: new Date(at * 1000).toISOString(), title: `${longDay(at, context.me.tz)} ${time(at, context.me.tz)}` }, time(at, context.me.tz));
  const name = el("strong", {}, who?.real_name ?? message.username ?? "Unknown");
  const note = message.ephemeral ? el("p", { class: "only-you" }, "Only visible to you") : null;
  return el("li", { class: ["message", compact && "compact", message.ephemeral && "ephemeral"].filter(Boolean).join(" "), data: { ts: message.ts, key: `message ${message.ts}` }, tabindex: "-1" },
    compact ? stamp : avatar(who),
    el("div", { class: "message-body" }, note,
      el("div", { class: compact ? "unseen" : "byline" }, name, who?.is_bot ? el("span", { class: "tag" }, "App") : null,
        who?.is_stranger ? el("span", { class: "tag" }, "Another company") : null, compact ? null : stamp),
      body(message),
      message.edited && !who?.is_bot ? el("span", { class: "quiet edited" }, "(edited)") : null,
      inThread ? null : threadLink(message)),
    toolbar(message, inThread));
}

/** Keeps a list element in step with messages; what did not change stays the same node, with its focus. */
export class MessageList {
  constructor(label, { inThread = false } = {}) {
    this.inThread = inThread;
    this.kept = new Map();
    this.node = el("ol", { class: "messages", role: "list", "aria-label": label });
  }

  show(messages) {
    const key = this.node.contains(document.activeElement) ? focusKey(document.activeElement) : null;
    const stamp = key && document.activeElement.closest("[data-ts]")?.dataset.ts;
    const next = new Map();
    const nodes = [];
    let before = null;
    messages.forEach((message, index) => {
      const { tz } = context.me;
      const day = isoDay(Number(message.ts), tz);
      const newDay = !before || isoDay(Number(before.ts), tz) !== day;
      const compact = !newDay && before.user === message.user && Number(message.ts) - Number(before.ts) < COMPACT_SECONDS && !message.ephemeral && !before.ephemeral && !(this.inThread && index === 1);
      if (newDay) nodes.push(this.keep(next, `day ${day} ${dayLabel(Number(message.ts), context.now(), tz)}`, () => el("li", { class: "day" }, el("span", {}, dayLabel(Number(message.ts), context.now(), tz)))));
      const fresh = isNewThread(context.me.id, message.channel, message);
      nodes.push(this.keep(next, JSON.stringify([context.me.id, isoDay(context.now(), tz), compact, fresh, message]), () => row(message, { compact, inThread: this.inThread })));
      if (this.inThread && index === 0 && messages.length > 1) {
        nodes.push(this.keep(next, `replies ${messages.length}`, () => el("li", { class: "day" }, el("span", {}, messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`))));
      }
      before = message;
    });
    this.kept = next;
    this.arrange(nodes);
    if (key && !this.node.contains(document.activeElement) && !restoreFocus(this.node, key)) {
      [...this.node.querySelectorAll("[data-ts]")].find((one) => one.dataset.ts === stamp)?.focus({ preventScroll: true });
    }
  }

  keep(next, key, make) {
    const node = this.kept.get(key) ?? make();
    next.set(key, node);
    return node;
  }

  arrange(nodes) {
    let at = this.node.firstChild;
    for (const node of nodes) {
      if (node === at) at = at.nextSibling;
      else this.node.insertBefore(node, at);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }
}
