// The left side: who I act as, where I can go, and the workspace's clock.

import { post } from "./api.js";
import { nextWorkingMorning, shortDay, time, zoneName } from "./dates.js";
import { announce, el, icon, quiet, refill, toast } from "./dom.js";
import { openMenu } from "./menu.js";
import { callsIn, callsOf, isNew } from "./news.js";
import { channelName, context, isAppDm, place, state } from "./store.js";

export function avatar(user, size = "") {
  const words = (user?.real_name ?? "?").split(" ").filter(Boolean);
  const initials = (words.length > 1 ? words[0][0] + words.at(-1)[0] : (words[0] ?? "?").slice(0, 2)).toUpperCase();
  const node = el("span", { class: `avatar ${size} ${user?.is_bot ? "bot" : ""}`, "aria-hidden": "true" }, initials);
  if (!user?.is_bot && /^[0-9a-f]{6}$/i.test(user?.color ?? "")) node.style.backgroundColor = `#${user.color}`;
  return node;
}

const badge = (count, words) => (count ? el("span", { class: "badge" }, String(count), el("span", { class: "unseen" }, ` ${words}`)) : null);

function marks(user) {
  if (user.is_stranger) return user.title.includes("another company") ? "" : "from another company";
  if (user.is_restricted || user.is_ultra_restricted) return "guest";
  return user.deleted ? "deactivated" : "";
}

/** The row of people: one press and everything is seen with their eyes. */
export function renderPeople() {
  const people = state.world.users.filter((user) => !user.is_bot && !user.deleted);
  refill(document.getElementById("people"),
    el("h2", { class: "rail-title" }, "Act as"),
    el("ul", {}, people.map((user) => {
      const here = user.id === context.me.id;
      const where = state.route.kind === "channel" ? { ...state.route, user: user.name } : { user: user.name, kind: state.route.kind };
      return el("li", {}, el("a", {
        href: place(where), class: here ? "person here" : "person", "aria-current": here ? "true" : null,
        title: `${user.real_name}, ${user.title}`, data: { key: `person ${user.id}` },
      }, avatar(user), el("span", { class: "first", "aria-hidden": "true" }, user.real_name.split(" ")[0]),
      el("span", { class: "unseen" }, [user.real_name, user.title, marks(user)].filter(Boolean).join(", ")),
      here ? null : badge(callsOf(user.id), "new for them")));
    })));
}

const named = (words) => el("span", { class: "name" }, words);

function entry(channel) {
  const { me } = context;
  const { route } = state;
  const here = route.kind === "channel" && route.channel === channel.id;
  const calls = here ? 0 : callsIn(me.id, channel.id);
  const fresh = !here && (calls > 0 || isNew(me.id, channel));
  const sign = channel.kind === "dm" ? avatar(context.user(channel.with), "small") : icon(channel.kind === "private" ? "lock" : "hash");
  return el("li", {}, el("a", {
    href: place({ kind: "channel", channel: channel.id }), class: fresh ? "entry fresh" : "entry", "aria-current": here ? "page" : null,
    data: { key: `channel ${channel.id}` },
  }, sign, named(isAppDm(channel) ? "Messages" : channelName(channel)), channel.archived ? quiet("archived") : null,
  fresh && !calls ? el("span", { class: "unseen" }, " new") : null, badge(calls, "new for you")));
}

function group(title, ...rows) {
  return el("section", {}, el("h2", {}, title), el("ul", {}, rows));
}

async function move(body, said) {
  try {
    await post("clock", body);
    announce(said);
  } catch (error) {
    toast(error.message);
  }
}

function clock() {
  const { tz } = context.me;
  const face = el("p", { class: "now", id: "now" });
  const step = (label, body) => {
    const click = () => move(body(), `Clock moved: ${label}`);
    return el("button", { type: "button", class: "button", data: { key: `clock ${label}` }, on: { click } }, label);
  };
  return el("section", { class: "clock", "aria-labelledby": "clock-title" }, el("h2", { id: "clock-title" }, "Workspace clock"), face,
    el("div", { class: "clock-steps" },
      step("+1 hour", () => ({ advance_seconds: 3600 })),
      step("+3 days", () => ({ advance_seconds: 3 * 86400 })),
      step("Next working morning", () => ({ to: new Date(nextWorkingMorning(context.now(), tz) * 1000).toISOString() }))));
}

export function tickClock() {
  const face = document.getElementById("now");
  if (!face) return;
  const [now, { tz }] = [context.now(), context.me];
  const words = [time(now, tz), shortDay(now, tz), zoneName(now, tz)];
  if (face.textContent !== words.join("")) face.replaceChildren(el("strong", {}, words[0]), el("span", {}, words[1]), quiet(words[2]));
}

export function renderSidebar() {
  const { me } = context;
  const { app, team } = state.world;
  const rooms = state.channels.filter((channel) => channel.kind !== "dm" && (channel.is_member || channel.kind === "public"));
  const direct = state.channels.filter((channel) => channel.kind === "dm" && !isAppDm(channel));
  const appDm = state.channels.find(isAppDm);
  const written = new Set([me.id, ...direct.map((channel) => channel.with)]);
  const others = state.world.users.filter((user) => !user.is_bot && !user.deleted && !written.has(user.id));
  const here = state.route.kind === "home" ? "page" : null;
  refill(document.getElementById("sidebar"),
    el("header", {}, el("h1", {}, team.name),
      el("div", { class: "me" }, avatar(me),
        el("div", {}, el("strong", {}, me.real_name), quiet([me.title, marks(me)].filter(Boolean).join(", "))))),
    group("Channels", rooms.map(entry)),
    group("App",
      el("li", {}, el("a", { href: place({ kind: "home" }), class: "entry", "aria-current": here, data: { key: "home" } },
        avatar(context.user(app.bot_user), "small"), named(app.name),
        el("span", { class: app.connections ? "quiet" : "offline" }, app.connections || app.transport === "http" ? "" : "not connected"))),
      appDm ? entry(appDm) : null),
    direct.length || others.length ? group("Direct messages", direct.map(entry), others.length ? el("li", {}, newDm(others)) : null) : null,
    group("Outside", el("li", {}, el("a", { href: "/dns/", class: "entry", data: { key: "dns" } }, icon("globe"), named("DNS provider")))),
    clock());
  tickClock();
}

function newDm(others) {
  const button = el("button", {
    type: "button", class: "entry quiet", "aria-haspopup": "menu", "aria-expanded": "false", data: { key: "new-dm" }, on: { click: open },
  }, icon("people"), "Write to somebody");
  function open() {
    const items = others.map((user) => ({ label: user.real_name, hint: user.title, choose: () => start(user) }));
    openMenu(button, items, { label: "Write to" });
  }
  async function start(user) {
    try {
      const { channel } = await post(`as/${context.me.id}/dm`, { user: user.id });
      location.hash = place({ kind: "channel", channel: channel.id ?? channel });
    } catch (error) {
      toast(error.message);
    }
  }
  return button;
}
