// The field in which one writes: messages, slash commands, mentions, files, global shortcuts.

import { base64, post } from "./api.js";
import { el, freshId, icon, iconButton, toast } from "./dom.js";
import { openMenu } from "./menu.js";
import { tellOutcome } from "./messages.js";
import { context, state } from "./store.js";

const drafts = new Map();

/** Names, channels and commands that fit the word before the caret: [{text, label, hint}] and where the word starts. */
function suggestions(field, channel, thread) {
  const before = field.value.slice(0, field.selectionStart);
  const word = before.match(/(?:^|\s)([@#][\w.-]*)$/)?.[1] ?? (/^\/\S*$/.test(before) && !thread ? before : null);
  if (word === null) return { start: 0, items: [] };
  const typed = word.slice(1).toLowerCase();
  const fits = (...names) => names.some((name) => name?.toLowerCase().split(/[\s]/).some((part) => part.startsWith(typed)));
  let items;
  if (word[0] === "@") {
    items = context.users().filter((user) => !user.deleted && fits(user.name, user.real_name))
      .map((user) => ({ text: `@${user.name} `, label: user.real_name, hint: user.title }));
  } else if (word[0] === "#") {
    items = state.channels.filter((one) => one.kind !== "dm" && fits(one.name))
      .map((one) => ({ text: `#${one.name} `, label: `#${one.name}`, hint: one.topic }));
  } else {
    items = state.world.app.commands.filter((one) => one.command.startsWith(word))
      .map((one) => ({ text: `${one.command} `, label: `${one.command} ${one.usage_hint ?? ""}`, hint: one.description }));
  }
  return { start: before.length - word.length, items: items.slice(0, 8) };
}

export function composer({ channel, thread, label, sent }) {
  const key = `${context.me.id} ${channel.id} ${thread ?? ""}`;
  const listId = freshId("suggestions");
  const hintId = freshId("composer-hint");
  const field = el("textarea", {
    id: thread ? "thread-composer" : "composer", rows: "1", "aria-label": label, placeholder: label,
    value: drafts.get(key) ?? "", autocomplete: "off",
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, "aria-describedby": hintId,
    data: { key: `composer ${thread ?? ""}` },
    on: { input: changed, keydown: pressed, blur: () => setTimeout(() => show([]), 150), click: changed },
  });
  const list = el("div", { class: "suggestions", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const hint = el("p", { class: "hint quiet", id: hintId });
  const picked = el("input", { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-hidden": "true", on: { change: pick } });
  const chosen = el("ul", { class: "files" });
  let files = [];
  let found = { start: 0, items: [] };
  let at = 0;

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 220)}px`;
  }
  function changed() {
    drafts.set(key, field.value);
    grow();
    const command = field.value.startsWith("/");
    hint.textContent = command && thread ? `Slash commands do not work in threads. Write @${appHandle()} and the words instead.`
      : command ? "Enter runs the command." : "";
    found = suggestions(field, channel, thread);
    at = 0;
    show(found.items);
  }
  function show(items) {
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(items.length > 0));
    list.replaceChildren(...items.map((item, index) => el("div", {
      class: "suggestion", role: "option", id: `${listId}-${index}`, "aria-selected": String(index === at),
      on: { mousedown: (event) => { event.preventDefault(); take(item); } },
    }, el("strong", {}, item.label), el("span", { class: "quiet" }, item.hint ?? ""))));
    if (items.length) field.setAttribute("aria-activedescendant", `${listId}-${at}`);
    else field.removeAttribute("aria-activedescendant");
  }
  function take(item) {
    field.setRangeText(item.text, found.start, field.selectionStart, "end");
    show([]);
    changed();
    field.focus();
  }
  const typedWhole = () => found.items[at].text.trim() === field.value.slice(found.start).trim();
  function pressed(event) {
    if (!list.hidden && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.items.length) % found.items.length;
      show(found.items);
    } else if (!list.hidden && ["Tab", "Enter"].includes(event.key) && !event.shiftKey && !typedWhole()) {
      event.preventDefault();
      take(found.items[at]);
    } else if (!list.hidden && event.key === "Escape") {
      event.preventDefault();
      show([]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  }
  async function send() {
    const text = field.value.trim();
    if ((!text && !files.length) || sendButton.getAttribute("aria-busy")) return;
    sendButton.setAttribute("aria-busy", "true");
    show([]);
    try {
      await deliver(text);
      files = [];
      sent();
      drafts.delete(key);
      field.value = "";
      hint.textContent = "";
      showFiles();
      grow();
    } catch (error) {
      toast(error.message);
    }
    sendButton.removeAttribute("aria-busy");
  }
  async function deliver(text) {
    const as = `as/${context.me.id}`;
    const where = { channel: channel.id, ...(thread ? { thread } : {}) };
    if (text.startsWith("/") && !files.length) {
      const { outcome } = await post(`${as}/command`, { ...where, text });
      return tellOutcome(outcome);
    }
    if (!files.length) return post(`${as}/post`, { ...where, text });
    for (const [index, file] of files.entries()) {
      const words = index === 0 && text ? { text } : {};
      await post(`${as}/upload`, { ...where, ...words, filename: file.name, content_base64: await base64(file) });
    }
    return null;
  }
  function pick() {
    files = [...files, ...picked.files];
    picked.value = "";
    showFiles();
    field.focus();
  }
  function showFiles() {
    chosen.replaceChildren(...files.map((file) => el("li", {}, icon("file"), el("span", {}, file.name),
      iconButton("close", `Remove ${file.name}`, () => drop(file)))));
  }
  function drop(file) {
    files = files.filter((one) => one !== file);
    showFiles();
    field.focus();
  }
  function mention() {
    field.focus();
    const glued = /\S$/.test(field.value.slice(0, field.selectionStart));
    field.setRangeText(glued ? " @" : "@", field.selectionStart, field.selectionEnd, "end");
    changed();
  }
  const shortcuts = state.world.app.shortcuts.filter((shortcut) => shortcut.type === "global");
  const bolt = shortcuts.length && !thread ? iconButton("bolt", "Shortcuts", () => openMenu(bolt, shortcuts.map((shortcut) => ({
    label: shortcut.name, hint: shortcut.description,
    choose: async () => {
      try {
        tellOutcome((await post(`as/${context.me.id}/shortcut`, { callback_id: shortcut.callback_id })).outcome);
      } catch (error) {
        toast(error.message);
      }
    },
  })), { label: "Shortcuts" }), { "aria-haspopup": "menu", "aria-expanded": "false" }) : null;
  const sendButton = iconButton("send", "Send", send, { class: "send", title: "Send (Enter)" });
  const node = el("div", { class: "composer" }, list, chosen, field,
    el("div", { class: "composer-tools" }, iconButton("attach", "Attach a file", () => picked.click()),
      iconButton("at", "Mention somebody", mention), bolt, hint, sendButton), picked);
  requestAnimationFrame(grow);
  return node;
}

const appHandle = () => context.user(state.world.app.bot_user)?.name ?? "app";
