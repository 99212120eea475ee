// The rich_text block: sections, nested lists, preformatted text with a copy button, quotes.

import { announce, el, icon } from "./dom.js";
import { channelMention, dateNode, emoji, link, userMention } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["highlight", "mark"]];

function wrap(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? el(tag, {}, inner) : inner), node);
}

function piece(item, context) {
  switch (item.type) {
    case "text": return wrap(item.text, item.style);
    case "link": return wrap(link(item.url, [item.text || item.url], context), item.style);
    case "user": return wrap(userMention(item.user_id, context), item.style);
    case "channel": return wrap(channelMention(item.channel_id, null, context), item.style);
    case "usergroup": return wrap(el("span", { class: "mention" }, `@${item.usergroup_id}`), item.style);
    case "broadcast": return el("span", { class: "mention mine" }, `@${item.range}`);
    case "team": return el("span", { class: "mention" }, item.team_id);
    case "emoji": return emoji(item.name, item.unicode && fromCodes(item.unicode));
    case "date": return wrap(dateNode(item.timestamp, item.format, item.url, context), item.style);
    case "color": return el("code", {}, item.value);
    default: return unknown(item.type);
  }
}

const fromCodes = (codes) => String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
const unknown = (type) => el("span", { class: "unknown" }, `[${type}]`);
const pieces = (items, context) => (items ?? []).map((item) => piece(item, context));

function list(part, context) {
  const inside = (item) => (item.type === "rich_text_section" ? pieces(item.elements, context) : partNode(item, context));
  const items = part.elements.map((item) => el("li", {}, inside(item)));
  const ordered = part.style === "ordered";
  return el(ordered ? "ol" : "ul", {
    class: `rich-list indent-${Math.min(part.indent ?? 0, 8)}`, start: ordered && part.offset ? part.offset + 1 : null,
  }, items);
}

/** A block of text that one press copies whole. */
export function preformatted(text) {
  const said = el("span", {}, "Copy");
  const button = el("button", { type: "button", class: "copy", data: { key: `copy ${text.slice(0, 60)}` }, on: { click: copy } }, icon("copy"), said);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "Copied";
      announce("Copied");
    } catch {
      getSelection().selectAllChildren(code);
      said.textContent = "Selected, press Ctrl+C";
    }
  }
  const code = el("code", {}, text);
  return el("div", { class: "pre-box" }, el("pre", { class: "pre", tabindex: "0" }, code), button);
}

function plainOf(items) {
  return (items ?? []).map((item) => item.text ?? item.url ?? item.value ?? "").join("");
}

function partNode(part, context) {
  switch (part.type) {
    case "rich_text_section": return el("div", { class: "rich-section" }, pieces(part.elements, context));
    case "rich_text_list": return list(part, context);
    case "rich_text_preformatted": return preformatted(plainOf(part.elements));
    case "rich_text_quote": return el("blockquote", {}, pieces(part.elements, context));
    default: return unknown(part.type);
  }
}

export function richText(block, context) {
  return el("div", { class: "block rich" }, (block.elements ?? []).map((part) => partNode(part, context)));
}
