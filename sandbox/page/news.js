// Who has something new where. Kept in this browser only: what each person has read, and where somebody was addressed.

import { get } from "./api.js";
import { context, state } from "./store.js";

let kept = { baseline: 0, read: {}, called: {}, latest: {} };
const members = new Map();

const storageKey = () => `workspace-news ${state.world.team.id}`;
const save = () => localStorage.setItem(storageKey(), JSON.stringify(kept));

export function loadNews() {
  try {
    kept = { ...kept, ...JSON.parse(localStorage.getItem(storageKey()) ?? "{}") };
  } catch {
    localStorage.removeItem(storageKey());
  }
  if (!kept.baseline || kept.baseline > context.now()) kept.baseline = context.now();
  save();
}

const readUpTo = (user, key) => Math.max(kept.baseline, Number(kept.read[user]?.[key] ?? 0));

export function markRead(user, channel, thread, messages) {
  const newest = Math.max(0, ...messages.map((message) => Number(message.ts)));
  const key = thread ? `${channel}/${thread}` : channel;
  const mine = (kept.read[user] ??= {});
  if (newest > readUpTo(user, key)) mine[key] = newest;
  const called = kept.called[user]?.[channel];
  if (called) {
    const left = called.filter((one) => !(one.thread === thread || one.ts <= newest));
    kept.called[user][channel] = left;
    if (!left.length) delete kept.called[user][channel];
  }
  save();
}

export const isNew = (user, channel) => Math.max(Number(channel.latest ?? 0), kept.latest[channel.id] ?? 0) > readUpTo(user, channel.id);
export const isNewThread = (user, channel, message) => Number(message.latest_reply ?? 0) > Math.max(readUpTo(user, `${channel}/${message.ts}`));
export const callsIn = (user, channel) => kept.called[user]?.[channel]?.length ?? 0;
export const callsOf = (user) => Object.values(kept.called[user] ?? {}).reduce((sum, calls) => sum + calls.length, 0);

async function membersOf(channel) {
  if (!members.has(channel)) {
    for (const user of state.world.users.filter((one) => !one.is_bot && !one.deleted)) {
      const seen = await get(`as/${user.id}/channels`);
      for (const one of seen.channels) members.set(one.id, one);
    }
  }
  return members.get(channel) ?? { members: [], kind: "public" };
}

/** Note a new message: for the people whom it names and, in a direct message, for the other one. Returns the message. */
export async function noteMessage({ channel, ts, thread_ts: thread }) {
  const place = await membersOf(channel);
  const reader = place.members.find((id) => !context.user(id)?.is_bot);
  if (!reader) return null;
  const inThread = thread && thread !== ts ? thread : null;
  const { messages } = await get(`as/${reader}/messages`, { channel, thread: inThread });
  const message = messages.find((one) => one.ts === ts);
  if (!message) return null;
  if (!inThread) kept.latest[channel] = Math.max(kept.latest[channel] ?? 0, Number(ts));
  const text = JSON.stringify(message.blocks?.length ? message.blocks : message.text);
  for (const id of place.members) {
    const named = text.includes(`"user_id":"${id}"`) || text.includes(`<@${id}`);
    if (message.user !== id && !context.user(id)?.is_bot && (named || place.kind === "dm")) call(id, channel, inThread, Number(ts));
  }
  save();
  return message;
}

function call(user, channel, thread, ts) {
  const list = ((kept.called[user] ??= {})[channel] ??= []);
  if (!list.some((one) => one.ts === ts)) list.push({ thread, ts });
}

/** Something that only this person sees. */
export function noteEphemeral({ channel, ts, thread_ts: thread, user }) {
  call(user, channel, thread ?? null, Number(ts));
  save();
}

export function forgetMembers() {
  members.clear();
}
