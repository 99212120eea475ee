// The middle and the right: a channel, a thread, App Home.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { el, icon, iconButton, quiet, refill, toast } from "./dom.js";
import { MessageList } from "./messages.js";
import { surfaceOfView } from "./modal.js";
import { avatar } from "./sidebar.js";
import { channelName, context, isAppDm, place, state } from "./store.js";

const back = (where, label) => iconButton("back", label, place(where), { class: "ghost back" });

/** Who is acting, for a phone, where the row of people is out of sight. */
function whoAmI() {
  const label = `You act as ${context.me.real_name}, change`;
  return el("a", { class: "whoami", href: place({ kind: "list" }), "aria-label": label }, avatar(context.me, "medium"));
}

function people(channel) {
  const guests = channel.members.filter((id) => context.user(id)?.is_stranger).length;
  const count = `${channel.members.length} people${guests ? `, ${guests} from another company` : ""}`;
  return el("span", { class: "quiet", title: channel.members.map((id) => context.user(id)?.real_name ?? id).join(", ") }, count);
}

/** A scrolled list that stays at its end while one reads there. Of a message taller than the pane the beginning is shown. */
class Scroll {
  constructor(list) {
    this.list = list;
    this.node = el("div", { class: "scroll-pane", tabindex: "-1" }, el("div", { class: "spacer" }), list.node);
    this.atEnd = true;
    this.sizes = "";
    this.node.addEventListener("scroll", () => {
      if (this.sizes === this.measure()) this.atEnd = this.node.scrollTop > this.rest() - 80;
    });
    const sizes = new ResizeObserver(() => this.follow());
    sizes.observe(this.node);
    sizes.observe(list.node);
  }

  show(messages) {
    const stay = this.atEnd;
    this.list.show(messages);
    this.atEnd = stay;
    this.follow();
  }

  toEnd() {
    this.atEnd = true;
    this.follow();
  }

  rest() {
    const end = this.node.scrollHeight - this.node.clientHeight;
    const last = this.list.node.lastElementChild;
    return last ? Math.min(end, last.offsetTop - 8) : end;
  }

  /** Scrolling that comes of a new size is not the reader's; it is told before the new size has been followed. */
  measure() {
    return `${this.node.scrollHeight} ${this.node.clientHeight}`;
  }

  follow() {
    if (this.atEnd && this.node.scrollTop < this.rest()) this.node.scrollTop = this.rest();
    this.sizes = this.measure();
  }
}

async function join(channel) {
  try {
    await post(`as/${context.me.id}/join`, { channel: channel.id });
  } catch (error) {
    toast(error.message);
  }
}

export class ChannelPane {
  constructor(channel) {
    const name = channelName(channel);
    const label = channel.kind === "dm" ? name : `#${name}`;
    this.scroll = new Scroll(new MessageList(`Messages in ${label}`));
    const sign = channel.kind === "dm" ? avatar(context.user(channel.with), "small") : icon(channel.kind === "private" ? "lock" : "hash");
    refill(document.getElementById("main"),
      el("header", { class: "pane-head" }, back({ kind: "list" }, "Back to the list"), el("h1", {}, sign, name),
        el("span", { class: "topic quiet" }, channel.topic ?? ""),
        channel.shared ? el("span", { class: "tag" }, "Shared with another company") : null,
        channel.kind === "dm" ? null : people(channel), whoAmI()),
      this.scroll.node, this.foot(channel, label));
    document.title = `${label}, as ${context.me.real_name}`;
  }

  foot(channel, label) {
    if (channel.archived) return el("p", { class: "notice" }, "This channel is archived. Nobody can write here.");
    if (!channel.is_member) {
      return el("div", { class: "notice row" }, "You are not in this channel.",
        el("button", { type: "button", class: "button primary", on: { click: () => join(channel) } }, "Join"));
    }
    return composer({ channel, thread: null, label: `Message ${label}`, sent: () => this.scroll.toEnd() });
  }

  show() {
    this.scroll.show(state.messages);
  }
}

export class ThreadPane {
  constructor(channel, thread) {
    this.scroll = new Scroll(new MessageList("Messages of the thread", { inThread: true }));
    const label = channel.kind === "dm" ? channelName(channel) : `#${channelName(channel)}`;
    const there = { kind: "channel", channel: channel.id };
    const mayWrite = channel.is_member && !channel.archived;
    const pane = document.getElementById("thread");
    pane.hidden = false;
    refill(pane,
      el("header", { class: "pane-head" }, back(there, `Back to ${label}`), el("h2", {}, "Thread"), quiet(label),
        iconButton("close", "Close the thread", place(there), { class: "ghost end close" }), whoAmI()),
      this.scroll.node,
      mayWrite ? composer({ channel, thread, label: "Reply in the thread", sent: () => this.scroll.toEnd() }) : null);
  }

  show() {
    this.scroll.show(state.replies);
  }
}

export function closeThread() {
  const pane = document.getElementById("thread");
  pane.hidden = true;
  pane.replaceChildren();
}

export function showHome(view) {
  const { app } = state.world;
  const dm = state.channels.find(isAppDm);
  const reachable = app.connections || app.transport === "http";
  const nothing = reachable ? `${app.name} has shown nothing here yet.` : `${app.name} is not connected, so it can show nothing here.`;
  refill(document.getElementById("main"),
    el("header", { class: "pane-head" }, back({ kind: "list" }, "Back to the list"),
      el("h1", {}, avatar(context.user(app.bot_user), "small"), app.name),
      el("nav", { class: "tabs", "aria-label": `${app.name}'s tabs` },
        el("a", { href: place({ kind: "home" }), "aria-current": "page" }, "Home"),
        dm ? el("a", { href: place({ kind: "channel", channel: dm.id }) }, "Messages") : null), whoAmI()),
    el("div", { class: "scroll-pane" }, el("div", { class: "home" }, view
      ? renderBlocks(view.blocks, surfaceOfView(view))
      : el("p", { class: "quiet" }, nothing))));
  document.title = `${app.name}, as ${context.me.real_name}`;
}

export function showNothing() {
  const words = state.route.channel ? `${context.me.real_name} cannot see this place. Choose another.` : "Choose a channel.";
  refill(document.getElementById("main"), el("div", { class: "empty" }, el("p", { class: "quiet" }, words)));
}
