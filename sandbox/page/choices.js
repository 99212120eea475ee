// What an element offers, what it holds now, and what happens when a person chooses something else.

import { post } from "./api.js";
import { textObject } from "./mrkdwn.js";

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Names a control across renderings, so that the focus finds it again. */
export const keyOf = (block, element, surface, part = "") =>
  `${surface.key} ${block.block_id} ${element.action_id} ${part}`;

/** The options of a select, radio buttons or checkboxes, option groups laid flat. */
export const optionsOf = (element) => (element.option_groups ?? [{ options: element.options ?? [] }])
  .flatMap((group) => group.options.map((option) => ({ ...option, group: group.label?.text })));

function people(context) {
  return context.users().filter((user) => !user.deleted)
    .map((user) => ({ value: user.id, label: [user.real_name], hint: `@${user.name}` }));
}

function conversations(element, kind, context) {
  const name = (one) => (one.kind === "dm" ? `Direct message with ${context.user(one.with)?.real_name ?? one.with}` : `#${one.name}`);
  return context.channels().filter((one) => !one.archived && included(element, kind, one))
    .map((one) => ({ value: one.id, label: [name(one)] }));
}

/** Whether a conversation is among those that the element asks for. */
function included(element, kind, channel) {
  if (kind === "channels_select") return channel.kind === "public";
  if (element.filter?.exclude_external_shared_channels && channel.shared) return false;
  const wanted = element.filter?.include ?? ["public", "private", "im"];
  return wanted.includes(channel.kind === "dm" ? "im" : channel.kind);
}

/** The choices of any select as [{value, label, hint, group}]. External ones are asked of the app. */
export async function choices(block, element, surface, query = "") {
  const { context } = surface;
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") return people(context);
  if (kind === "conversations_select" || kind === "channels_select") return conversations(element, kind, context);
  const external = kind === "external_select";
  const place = { ...surface.address(), block_id: block.block_id, action_id: element.action_id, query };
  const options = external ? (await post(`as/${context.me.id}/options`, place)).options : optionsOf(element);
  return options.map((option) => ({
    value: external ? option : option.value,
    label: textObject(option.text, context),
    hint: option.description ? textObject(option.description, context) : null,
    group: option.group,
  }));
}

function initialOf(element) {
  const name = Object.keys(element).find((key) => key.startsWith("initial_"));
  if (!name) return null;
  const value = element[name];
  const bare = (option) => (element.type.endsWith("external_select") ? option : option.value);
  if (name === "initial_option") return bare(value);
  if (name === "initial_options") return value.map(bare);
  if (name === "initial_value" && typeof value === "object") return "";
  return value;
}

/** What the element holds: what was entered, else what the app began with, else null. */
export const current = (block, element, surface) => surface.entered(block, element) ?? initialOf(element);

/** A person chose: it is kept, and told to the app where the element acts at once. */
export function choose(block, element, surface, value) {
  surface.enter(block, element, value);
  if (surface.chosen) surface.chosen(value);
  else if (block.dispatch_action) surface.click(block, element, value);
}

/** Copies of nodes that stand somewhere already. */
export const copies = (parts) => parts.map((part) => (typeof part === "string" ? part : part.cloneNode(true)));
