// A list of messages: days, authors, blocks, files, threads, and what can be done with a message.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { dayLabel, fill, isoDay, longDay, time } from "./dates.js";
import { askPlainly } from "./dialog.js";
import { el, focusKey, icon, iconButton, quiet, restoreFocus, toast } from "./dom.js";
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
        const pressed = { ...address, block_id: block.block_id, action_id: element.action_id, value };
        const { outcome } = await post(`as/${context.me.id}/click`, pressed);
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
  const href = `/control/files/${encodeURIComponent(file.id)}?as=${context.me.id}`;
  return el("a", { class: "file", href, download: file.name }, icon("file"),
    el("span", {}, el("strong", {}, file.name ?? file.id), quiet(file.size === undefined ? "" : sizeOf(file.size))));
}

function body(message) {
  const parts = [];
  if (message.blocks?.length) parts.push(renderBlocks(message.blocks, surfaceOf(message)));
  else if (message.text) parts.push(el("div", { class: "block text" }, mrkdwn(message.text, context)));
  for (const attachment of message.attachments ?? []) {
    parts.push(el("div", { class: "attachment" }, attachment.blocks
      ? renderBlocks(attachment.blocks, surfaceOf(message))
      : mrkdwn(attachment.text ?? attachment.fallback ?? "", context)));
  }
  if (message.files?.length) parts.push(el("div", { class: "file-row" }, message.files.map(fileCard)));
  return parts;
}

function threadLink(message) {
  if (!message.reply_count) return null;
  const { tz } = context.me;
  const fresh = isNewThread(context.me.id, message.channel, message);
  const href = place({ kind: "channel", channel: message.channel, thread: message.ts });
  const last = Number(message.latest_reply ?? message.ts);
  return el("a", { class: fresh ? "thread-link fresh" : "thread-link", href, data: { key: `thread ${message.ts}` } },
    (message.reply_users ?? []).slice(0, 4).map((id) => avatar(context.user(id), "small")),
    el("strong", {}, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    quiet(`last ${fill("{date_short_pretty} at {time}", last, context.now(), tz)}`),
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
  const menuButton = iconButton("more", `More actions for the message of ${who}`, () => openMenu(menuButton, items(), { label: "More actions" }), {
    title: "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: { key: `more ${message.ts}` },
  });
  const address = { channel: message.channel, ts: message.ts };
  const run = (shortcut) => attempt(async () => {
    tellOutcome((await post(`${as}/shortcut`, { callback_id: shortcut.callback_id, ...address })).outcome);
  });
  const items = () => [
    ...state.world.app.shortcuts.filter((shortcut) => shortcut.type === "message")
      .map((shortcut) => ({ label: shortcut.name, hint: state.world.app.name, choose: () => run(shortcut) })),
    { label: "Copy link", choose: () => attempt(() => navigator.clipboard.writeText(message.permalink ?? "")) },
    message.mine && message.text && !message.bot_id ? { label: "Edit message", choose: () => editDialog(message) } : null,
    message.mine ? { label: "Delete message", danger: true, choose: remove } : null,
  ].filter(Boolean);
  async function remove() {
    if (await askPlainly("Delete message", "Delete this message for everybody? This cannot be undone.", "Delete")) {
      await attempt(() => post(`${as}/delete`, address));
    }
  }
  if (message.ephemeral) {
    const dismiss = () => attempt(() => post(`${as}/delete`, address));
    return el("div", { class: "toolbar" }, iconButton("close", "Dismiss this message", dismiss, { data: { key: `dismiss ${message.ts}` } }));
  }
  const thread = place({ kind: "channel", channel: message.channel, thread: message.thread_ts ?? message.ts });
  const reply = { title: "Reply in thread", data: { key: `reply ${message.ts}` } };
  return el("div", { class: "toolbar" },
    inThread ? null : iconButton("reply", `Reply in thread to the message of ${who}`, thread, reply),
    menuButton);
}

function row(message, { compact, inThread }) {
  const who = author(message);
  const at = Number(message.ts);
  const { tz } = context.me;
  const whole = { datetime: new Date(at * 1000).toISOString(), title: `${longDay(at, tz)} ${time(at, tz)}` };
  const stamp = el("time", { class: "stamp", ...whole }, time(at, tz));
  const name = el("strong", {}, who?.real_name ?? message.username ?? "Unknown");
  const note = message.ephemeral ? el("p", { class: "only-you" }, "Only visible to you") : null;
  const kinds = ["message", compact && "compact", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  return el("li", { class: kinds, data: { ts: message.ts, key: `message ${message.ts}` }, tabindex: "-1" },
    compact ? stamp : avatar(who),
    el("div", { class: "message-body" }, note,
      el("div", { class: compact ? "unseen" : "byline" }, name, who?.is_bot ? el("span", { class: "tag" }, "App") : null,
        who?.is_stranger ? el("span", { class: "tag" }, "Another company") : null, compact ? null : stamp),
      body(message),
      message.edited && !who?.is_bot ? el("span", { class: "quiet edited" }, "(edited)") : null,
      inThread ? null : threadLink(message)),
    toolbar(message, inThread));
}

const divider = (words) => el("li", { class: "day" }, el("span", {}, words));

/** Whether a message follows the one before so closely that its author need not be shown again. */
function follows(message, before) {
  const near = Number(message.ts) - Number(before.ts) < COMPACT_SECONDS;
  return near && before.user === message.user && !message.ephemeral && !before.ephemeral;
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
    const { id: me, tz } = context.me;
    const today = isoDay(context.now(), tz);
    messages.forEach((message, index) => {
      const day = isoDay(Number(message.ts), tz);
      const newDay = !before || isoDay(Number(before.ts), tz) !== day;
      const label = dayLabel(Number(message.ts), context.now(), tz);
      if (newDay) nodes.push(this.keep(next, `day ${day} ${label}`, () => divider(label)));
      const compact = !newDay && follows(message, before) && !(this.inThread && index === 1);
      const key = JSON.stringify([me, today, compact, isNewThread(me, message.channel, message), message]);
      nodes.push(this.keep(next, key, () => row(message, { compact, inThread: this.inThread })));
      if (this.inThread && index === 0 && messages.length > 1) {
        const words = messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`;
        nodes.push(this.keep(next, words, () => divider(words)));
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
