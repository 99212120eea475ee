// Slack's two ways to write text, as nodes: mrkdwn (text objects, message texts) and plain text with emoji.

import { el } from "./dom.js";
import { fill } from "./dates.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  bell: "🔔", no_bell: "🔕", lock: "🔒", unlock: "🔓", key: "🔑", calendar: "📅", date: "📅", clock3: "🕒", mag: "🔍",
  eyes: "👀", tada: "🎉", wave: "👋", "+1": "👍", thumbsup: "👍", "-1": "👎", memo: "📝", pushpin: "📌", link: "🔗",
  rocket: "🚀", construction: "🚧", no_entry: "⛔", no_entry_sign: "🚫", information_source: "ℹ️", question: "❓", exclamation: "❗",
  arrow_right: "➡️", arrow_left: "⬅️", large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", white_circle: "⚪",
  large_blue_circle: "🔵", black_circle: "⚫", rotating_light: "🚨", email: "📧", phone: "☎️", house: "🏠", gear: "⚙️",
  bulb: "💡", page_facing_up: "📄", clipboard: "📋", raised_hands: "🙌", pray: "🙏", smile: "😄", slightly_smiling_face: "🙂",
  zzz: "💤", repeat: "🔁", package: "📦", scroll: "📜", shield: "🛡️", bar_chart: "📊", one: "1️⃣", two: "2️⃣", three: "3️⃣",
};
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The emoji of that name, as `sign` if the app sent it along; an unknown one stays as it was written. */
export function emoji(name, sign) {
  const base = name.split("::")[0];
  const shown = sign ?? EMOJI[base];
  return shown ? el("span", { class: "emoji", role: "img", "aria-label": base.replaceAll("_", " ") }, shown) : `:${name}:`;
}

export function link(url, children, context) {
  let target;
  try {
    target = new URL(url);
  } catch {
    return el("span", {}, children);
  }
  if (!SCHEMES.has(target.protocol)) return el("span", {}, children);
  const place = archive(target);
  if (place) {
    return el("a", { href: context.hrefOf(place.channel, place.thread ?? place.ts) }, children);
  }
  return el("a", { href: target.href, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** Open an address that an app gave to a button: in here if it leads to a message, else in a window of its own. */
export function follow(url, context) {
  const node = link(url, [], context);
  if (node.target === "_blank") window.open(node.href, "_blank", "noopener");
  else if (node.hash) location.hash = node.hash;
}

/** Where a permalink of this workspace leads: /archives/C…/p1732442700000100?thread_ts=… */
export function archive(url) {
  const found = url.pathname.match(/\/archives\/([CDG][A-Z0-9]+)\/p(\d{10})(\d{6})$/);
  return found && { channel: found[1], ts: `${found[2]}.${found[3]}`, thread: new URLSearchParams(url.search).get("thread_ts") };
}

export function userMention(id, context) {
  const user = context.user(id);
  return el("span", { class: id === context.me.id ? "mention mine" : "mention" }, `@${user ? user.display_name || user.real_name : id}`);
}

export function channelMention(id, label, context) {
  const channel = context.channel(id);
  return el("a", { class: "mention", href: context.hrefOf(id) }, `#${channel?.name ?? label ?? id}`);
}

export function dateNode(epoch, format, url, context) {
  const node = el("time", { datetime: new Date(epoch * 1000).toISOString() }, fill(format, epoch, context.now(), context.me.tz));
  return url ? link(url, [node], context) : node;
}

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What stands between < and >. */
function special(inner, context) {
  const bar = inner.indexOf("|");
  const head = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : unescape(inner.slice(bar + 1));
  if (head.startsWith("@")) return userMention(head.slice(1), context);
  if (head.startsWith("#")) return channelMention(head.slice(1), label, context);
  if (head.startsWith("!date^")) {
    const [, stamp, format, url] = head.split("^");
    return /^\d+$/.test(stamp) ? dateNode(Number(stamp), unescape(format ?? "{date}"), url, context) : label ?? head;
  }
  if (head.startsWith("!subteam^")) return el("span", { class: "mention" }, label ?? `@${head.slice(9)}`);
  if (head.startsWith("!")) return el("span", { class: "mention mine" }, `@${label ?? head.slice(1).split("^")[0]}`);
  return link(unescape(head), [label ?? unescape(head)], context);
}

const INLINE = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+(?:::[a-z0-9_-]+)?):/g;
const STYLED = [["*", "strong"], ["_", "em"], ["~", "s"]];

/** Emphasis inside one run of text: *bold*, _italic_, ~struck~, where the signs stand at word borders. */
function styled(text) {
  for (const [sign, tag] of STYLED) {
    const found = text.match(new RegExp(`(^|[\\s(\\["'“*_~])[${sign}](?=\\S)([^\\n]*?\\S)[${sign}](?![\\p{L}\\p{N}])`, "u"));
    if (found) {
      const start = found.index + found[1].length;
      return [...styled(text.slice(0, start)), el(tag, {}, styled(found[2])), ...styled(text.slice(found.index + found[0].length))];
    }
  }
  return text ? [unescape(text)] : [];
}

/** Mentions, links and code become placeholders first, so that emphasis may run across them. */
function inline(text, context) {
  const kept = [];
  const flat = text.replace(INLINE, (whole, block, code, inner, name) => {
    const node = block !== undefined ? el("pre", { class: "pre" }, unescape(block.replace(/^\n|\n$/g, "")))
      : code !== undefined ? el("code", {}, unescape(code))
        : inner !== undefined ? special(inner, context) : emoji(name);
    if (typeof node === "string") return node;
    kept.push(node);
    return `\uE000${kept.length - 1}\uE001`;
  });
  return fillIn(styled(flat), kept);
}

function fillIn(nodes, kept) {
  return nodes.flatMap((node) => {
    if (typeof node !== "string") {
      node.replaceChildren(...fillIn([...node.childNodes].map((child) => (child.nodeType === 3 ? child.data : child)), kept));
      return [node];
    }
    return node.split(/\uE000(\d+)\uE001/).map((piece, index) => (index % 2 ? kept[Number(piece)] : piece)).filter((piece) => piece !== "");
  });
}

export function mrkdwn(text, context) {
  const clean = text.replace(/[\uE000\uE001]/g, "");
  const out = [];
  let quote = [];
  const flush = () => {
    if (quote.length) out.push(el("blockquote", {}, inline(quote.join("\n"), context)));
    quote = [];
  };
  let run = [];
  const end = () => {
    if (run.length) out.push(...inline(run.join("\n"), context));
    run = [];
  };
  for (const line of clean.includes("```") ? [clean] : clean.split("\n")) {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) {
      end();
      quote.push(quoted[1]);
    } else {
      flush();
      run.push(line);
    }
  }
  flush();
  end();
  return out;
}

export function plain(text) {
  return text.split(/:([a-z0-9_+-]+):/g).map((piece, index) => (index % 2 ? emoji(piece) : piece)).filter((piece) => piece !== "");
}

/** A text object of Block Kit; a bare string counts as plain text. */
export function textObject(object, context) {
  if (typeof object === "string") return plain(object);
  if (!object?.text) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, context);
  return object.emoji === false ? [object.text] : plain(object.text);
}
