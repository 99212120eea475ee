// What the page knows at the moment, and where it stands. The address holds the place, so that reload and "back" work:
// #/lena, #/lena/c/C123, #/lena/c/C123/t/1732442700.000100, #/lena/home

export const state = {
  world: null,
  clockSkew: 0, // seconds that the sandbox's clock is ahead of this browser's
  channels: [],
  messages: [],
  replies: [],
  route: { user: null, kind: "list", channel: null, thread: null },
  connected: true,
};

export const context = {
  get me() { return context.user(state.route.user) ?? state.world.users.find((user) => !user.is_bot && !user.deleted); },
  users: () => state.world.users,
  user: (id) => state.world.users.find((user) => user.id === id || user.name === id),
  channels: () => state.channels,
  channel: (id) => state.channels.find((channel) => channel.id === id),
  here: () => state.route.channel,
  now: () => Date.now() / 1000 + state.clockSkew,
  hrefOf: (channel, thread) => place({ kind: "channel", channel, thread }),
};

export function place({ user = context.me.name, kind, channel, thread }) {
  if (kind === "home") return `#/${user}/home`;
  if (kind === "list") return `#/${user}`;
  return `#/${user}/c/${channel}${thread ? `/t/${thread}` : ""}`;
}

export function readRoute() {
  const [, user, kind, channel, , thread] = location.hash.split("/").map(decodeURIComponent);
  if (kind === "home") return { user, kind: "home", channel: null, thread: null };
  if (kind === "c" && channel) return { user, kind: "channel", channel, thread: thread ?? null };
  return { user: user || null, kind: "list", channel: null, thread: null };
}

export function go(where) {
  location.hash = typeof where === "string" ? where : place(where);
}

export function setClock(clock) {
  state.clockSkew = clock.epoch - Date.now() / 1000;
}

export function channelName(channel) {
  if (channel.kind !== "dm") return channel.name;
  return context.user(channel.with)?.real_name ?? "Direct message";
}

export const isAppDm = (channel) => channel.kind === "dm" && channel.with === state.world.app.bot_user;
