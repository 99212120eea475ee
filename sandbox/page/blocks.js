// Block Kit's blocks as nodes. What can be pressed is in elements.js, what can be filled in is in fields.js.

import { el, freshId } from "./dom.js";
import { action } from "./elements.js";
import { input } from "./fields.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * `surface` is where the blocks stand: {context, key, click(block, element, value, node), entered(block, element),
 * enter(block, element, value), errors: {block_id: sentence}}.
 */
export function renderBlocks(blocks, surface) {
  return (blocks ?? []).map((block) => {
    const draw = KINDS[block.type];
    const node = draw ? draw(block, surface) : missing(block);
    return surface.errors?.[block.block_id] && block.type !== "input" ? [node, errorLine(surface.errors[block.block_id])] : node;
  });
}

export const errorLine = (text, id) => el("p", { class: "error", id, role: "alert" }, text);
const missing = (block) => el("p", { class: "block unknown" }, `[A block of the type ${block.type}, which this page cannot show]`);

function section(block, surface) {
  const { context } = surface;
  const said = (text) => el("div", { class: "text" }, textObject(text, context));
  const body = el("div", { class: "section-body" },
    block.text ? said(block.text) : null,
    block.fields?.length ? el("div", { class: "fields" }, block.fields.map(said)) : null);
  const side = block.accessory;
  if (!side) return el("div", { class: "block section" }, body);
  return el("div", { class: "block section with-side" }, body,
    el("div", { class: "side" }, side.type === "image" ? picture(side) : action(block, side, surface)));
}

function header(block, { context }) {
  return el("h3", { class: "block heading" }, textObject(block.text, context));
}

function contextLine(block, { context }) {
  return el("div", { class: "block context" },
    (block.elements ?? []).map((item) => (item.type === "image" ? picture(item) : el("span", { class: "text" }, textObject(item, context)))));
}

function actions(block, surface) {
  return el("div", { class: "block actions" }, (block.elements ?? []).map((element) => action(block, element, surface)));
}

/** Pictures of other hosts are not fetched: the demo sends nothing out. Their words are shown instead. */
function picture(image) {
  const url = image.image_url ? new URL(image.image_url, location.href) : null;
  if (url?.origin === location.origin) return el("img", { src: url.href, alt: image.alt_text ?? "" });
  return el("span", { class: "picture", role: "img", "aria-label": image.alt_text ?? "Image" }, image.alt_text || "Image");
}

function imageBlock(block, { context }) {
  return el("figure", { class: "block" }, block.title ? el("figcaption", {}, textObject(block.title, context)) : null, picture(block));
}

function cell(item, context) {
  if (item.type === "rich_text") return richText(item, context);
  return item.text ?? String(item.value ?? "");
}

function table(block, { context }) {
  const [head = [], ...rows] = block.rows ?? [];
  const align = (index) => ({ class: `align-${block.column_settings?.[index]?.align ?? "left"}` });
  return el("div", { class: "block scroll", role: "region", "aria-label": "Table", tabindex: "0" }, el("table", {},
    el("thead", {}, el("tr", {}, head.map((item, index) => el("th", { scope: "col", ...align(index) }, cell(item, context))))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((item, index) => el("td", align(index), cell(item, context))))))));
}

function inputBlock(block, surface) {
  const labelId = freshId("label");
  const controlId = freshId("field");
  const hintId = block.hint ? freshId("hint") : null;
  const error = surface.errors?.[block.block_id];
  const errorId = error ? freshId("error") : null;
  const described = [errorId, hintId].filter(Boolean).join(" ") || null;
  const control = input(block, block.element, surface, { labelId, controlId, described, invalid: Boolean(error) });
  const label = [textObject(block.label, surface.context), block.optional ? el("span", { class: "quiet" }, " (optional)") : null];
  const isGroup = control.dataset.group === "yes";
  const head = el(isGroup ? "div" : "label", { class: "label", id: labelId, for: isGroup ? null : controlId }, label);
  return el("div", { class: error ? "block field invalid" : "block field" }, head, control,
    error ? errorLine(error, errorId) : null,
    block.hint ? el("p", { class: "quiet hint", id: hintId }, textObject(block.hint, surface.context)) : null);
}

const KINDS = {
  section, header, actions, table,
  context: contextLine,
  divider: () => el("hr", { class: "block" }),
  image: imageBlock,
  rich_text: (block, { context }) => richText(block, context),
  markdown: (block, { context }) => el("div", { class: "block text" }, mrkdwn(block.text ?? "", context)),
  input: inputBlock,
};
