// Puts the page together: reads the place from the address, fetches what is shown there, and follows what changes.

import { get, live, post } from "./api.js";
import { announce, toast } from "./dom.js";
import { closeMenu } from "./menu.js";
import { archive } from "./mrkdwn.js";
import { showView } from "./modal.js";
import { forgetMembers, loadNews, markRead, noteEphemeral, noteMessage } from "./news.js";
import { ChannelPane, closeThread, showHome, showNothing, ThreadPane } from "./panes.js";
import { renderPeople, renderSidebar, tickClock } from "./sidebar.js";
import { context, go, place, readRoute, setClock, state } from "./store.js";

let channelPane = null;
let threadPane = null;
const wanted = new Set();
let running = false;

const as = () => `as/${context.me.id}`;

async function loadWorld() {
  state.world = await get("world");
  setClock(state.world.clock);
}

const loads = {
  world: loadWorld,
  channels: async () => { state.channels = (await get(`${as()}/channels`)).channels; },
  messages: async () => {
    const { thread } = state.route;
    const channel = context.channel(state.route.channel)?.id;
    const [main, replies] = await Promise.all([
      channel ? get(`${as()}/messages`, { channel }) : { messages: [] },
      channel && thread ? get(`${as()}/messages`, { channel, thread }) : { messages: [] },
    ]);
    state.messages = main.messages;
    state.replies = replies.messages;
  },
  home: async () => { if (state.route.kind === "home") state.home = (await get(`${as()}/home`)).view; },
  view: async () => showView(await get(`${as()}/view`)),
};

/** Fetch these parts soon; what is asked for twice meanwhile is fetched once. */
function want(...parts) {
  for (const part of parts) wanted.add(part);
  if (!running) queueMicrotask(work);
}

async function work() {
  if (running) return;
  running = true;
  try {
    while (wanted.size) await round();
  } finally {
    running = false;
  }
}

async function round() {
  const parts = [...wanted];
  wanted.clear();
  const { route } = state;
  try {
    for (const part of Object.keys(loads).filter((name) => parts.includes(name))) await loads[part]();
  } catch (error) {
    toast(error.message);
  }
  if (state.route === route) draw();
}

function draw() {
  const { route } = state;
  document.body.dataset.pane = route.thread ? "thread" : route.kind === "list" ? "list" : "main";
  const channel = route.channel && context.channel(route.channel);
  if (route.kind === "home") {
    channelPane = null;
    showHome(state.home);
  } else if (!channel) {
    channelPane = null;
    showNothing();
  } else {
    drawChannel(channel);
  }
  drawThread(channel);
  renderPeople();
  renderSidebar();
}

const paneId = (channel, thread = "") => [context.me.id, channel.id, thread, channel.is_member, channel.archived].join(" ");

/** A pane is built anew only when its place, person or rights change, so that drafts and focus stay. */
function drawChannel(channel) {
  if (channelPane?.id !== paneId(channel)) channelPane = { id: paneId(channel), pane: new ChannelPane(channel) };
  channelPane.pane.show();
  if (document.visibilityState === "visible") markRead(context.me.id, channel.id, null, state.messages);
}

function drawThread(channel) {
  const { thread } = state.route;
  if (!channel || !thread || !state.replies.length) {
    threadPane = null;
    closeThread();
    return;
  }
  if (threadPane?.id !== paneId(channel, thread)) threadPane = { id: paneId(channel, thread), pane: new ThreadPane(channel, thread) };
  threadPane.pane.show();
  if (document.visibilityState === "visible") markRead(context.me.id, channel.id, thread, state.replies);
}

/** Follow the address: a new person or place is fetched whole; the focus goes to where the person went. */
async function follow() {
  closeMenu();
  const before = state.route;
  const route = readRoute();
  if (!route.user || !context.user(route.user)) return go({ user: defaultPerson().name, kind: "list" });
  state.route = route;
  localStorage.setItem("workspace-person", context.me.name);
  if (route.kind === "list" && innerWidth > 760) {
    state.channels = (await get(`${as()}/channels`)).channels;
    const first = state.channels.find((channel) => channel.is_member && channel.kind !== "dm");
    if (first) return location.replace(place({ kind: "channel", channel: first.id }));
  }
  if (route.kind === "home") post(`${as()}/home`, { tab: "home" }).catch((error) => toast(error.message));
  want("channels", "messages", "home", "view");
  const moved = before.user !== route.user || before.kind !== route.kind || before.channel !== route.channel || before.thread !== route.thread;
  if (moved && before.user) requestAnimationFrame(() => settle(before, route));
  return undefined;
}

function settle(before, route) {
  if (before.user !== route.user) announce(`You act as ${context.me.real_name}`);
  else if (route.thread && route.thread !== before.thread) waitFor(() => document.getElementById("thread-composer"));
  else if (before.thread && !route.thread) document.getElementById("composer")?.focus();
  else if (route.channel && route.channel !== before.channel) waitFor(() => document.getElementById("composer") ?? document.getElementById("main"));
}

function waitFor(find, tries = 20) {
  const node = find();
  if (node) node.focus({ preventScroll: true });
  else if (tries) requestAnimationFrame(() => waitFor(find, tries - 1));
}

/** Who acts where the address does not say: whoever did last in this browser. */
function defaultPerson() {
  const people = state.world.users.filter((user) => !user.is_bot && !user.deleted);
  return people.find((user) => user.name === localStorage.getItem("workspace-person")) ?? people[0];
}

async function heard(change) {
  if (change.kind === "message") {
    if (change.change === "posted" || change.change === "replied") await said(change);
    if (change.channel === state.route.channel) want("messages");
    want("channels");
  } else if (change.kind === "ephemeral") {
    if (change.user !== context.me.id || change.channel !== state.route.channel) noteEphemeral(change);
    if (change.user === context.me.id) want("messages");
    else renderPeople();
  } else if (change.kind === "view" && change.user === context.me.id) want("view");
  else if (change.kind === "home" && change.user === context.me.id) want("home");
  else if (change.kind === "channel") {
    forgetMembers();
    want("channels", "messages");
  } else if (change.kind === "user") want("world", "channels", "messages");
  else if (change.kind === "clock") want("world", "messages");
  else if (change.kind === "connections") want("world");
}

/** Note whom a message addresses, and say aloud what arrives where I am. */
async function said(change) {
  try {
    const message = await noteMessage(change);
    if (message && change.channel === state.route.channel && message.user !== context.me.id) {
      announce(`${context.user(message.user)?.real_name ?? state.world.app.name}: ${message.text.slice(0, 300)}`);
    }
  } catch (error) {
    toast(error.message);
  }
}

async function start() {
  await loadWorld();
  loadNews();
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    (document.getElementById("thread-composer") ?? document.getElementById("composer") ?? document.getElementById("main")).focus();
  });
  const linked = archive(location);
  if (linked) {
    const where = { user: defaultPerson().name, kind: "channel", channel: linked.channel, thread: linked.thread ?? linked.ts };
    history.replaceState(null, "", `/${place(where)}`);
  }
  addEventListener("hashchange", follow);
  document.addEventListener("visibilitychange", () => want("messages"));
  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest("textarea, input, select, dialog");
    const covered = document.querySelector("dialog[open], [popover]:popover-open");
    if (event.key === "Escape" && state.route.thread && !event.defaultPrevented && !inField && !covered) {
      go({ kind: "channel", channel: state.route.channel });
    }
  });
  setInterval(tickClock, 1000);
  live(heard, () => want("world", "channels", "messages", "home", "view"), () => announce("The connection to the sandbox is lost; trying again"));
  await follow();
}

start().catch((error) => toast(error.message));
