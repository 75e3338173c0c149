// Elements from descriptions. What processes say is text to the browser, never markup.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "line", "rect"]);

// Controls and marks that turn the text around them; ends of lines and tabs stay.
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Returns a value as text that cannot change how the text beside it reads. */
export const plain = (value) => String(value).replace(UNPRINTABLE, "\uFFFD");

/**
 * Describes an element. An attribute that is false, null or undefined is left out. `key` tells
 * siblings apart; `ref` is called with the element after each change.
 */
export function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat(Infinity) };
}

/** Gives an element these children, and keeps those that it has: focus and scrolling stay. */
export function patch(parent, descriptions) {
  const wanted = descriptions.filter((d) => d !== null && d !== undefined && d !== false);
  const keys = new Set(wanted.map((description) => description.attributes?.key));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    const key = child.described?.attributes.key;
    if (key !== undefined && keys.has(key)) {
      keyed.set(key, child);
    } else if (key !== undefined) {
      child.remove(); // first, so that what follows need not move: a move takes the focus
    }
  }
  let next = parent.firstChild;
  for (const description of wanted) {
    let node = reuse(keyed, next, description);
    if (node === null) {
      node = create(description);
    }
    if (node === next) {
      next = next.nextSibling;
    } else {
      parent.insertBefore(node, next);
    }
    update(node, description);
  }
  while (next !== null) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

function reuse(keyed, next, description) {
  if (typeof description !== "object") {
    return next?.nodeType === Node.TEXT_NODE ? next : null;
  }
  const key = description.attributes.key;
  const candidate = key === undefined ? next : keyed.get(key);
  const fits =
    candidate?.described !== undefined &&
    candidate.described.tag === description.tag &&
    candidate.described.attributes.key === key;
  return fits ? candidate : null;
}

function create(description) {
  if (typeof description !== "object") {
    return document.createTextNode(plain(description));
  }
  const node = SVG_TAGS.has(description.tag)
    ? document.createElementNS(SVG, description.tag)
    : document.createElement(description.tag);
  node.described = { tag: description.tag, attributes: {} };
  return node;
}

function update(node, description) {
  if (typeof description !== "object") {
    const text = plain(description);
    if (node.data !== text) {
      node.data = text;
    }
    return;
  }
  const before = node.described.attributes;
  const now = description.attributes;
  for (const name of Object.keys({ ...before, ...now })) {
    if (name !== "key" && name !== "ref" && name !== "style" && before[name] !== now[name]) {
      setAttribute(node, name, now[name]);
    }
  }
  for (const [name, value] of Object.entries(now.style ?? {})) {
    node.style.setProperty(name, value); // the content security policy forbids the attribute
  }
  node.described = { tag: description.tag, attributes: now };
  patch(node, description.children);
  now.ref?.(node);
}

function setAttribute(node, name, value) {
  if (value === false || value === null || value === undefined) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : plain(value));
  }
}

/** Returns an address within the page. */
export function route(...parts) {
  return "#/" + parts.map((part) => encodeURIComponent(String(part))).join("/");
}

export const link = (text, ...parts) => h("a", { href: route(...parts) }, text);

/** A button; `data` says what it does and with what. */
export function button(text, action, data, kind) {
  const attributes = { key: action, type: "button", class: kind ?? null, "data-do": action };
  for (const [name, value] of Object.entries(data)) {
    attributes["data-" + name] = value;
  }
  return h("button", attributes, text);
}

/**
 * A table. Each cell knows the head of its column, because a narrow screen shows a row as a block.
 * A head that begins with # is one of numbers.
 */
export function table(caption, heads, rows, none) {
  if (rows.length === 0) {
    return h("p", { class: "empty" }, none);
  }
  const names = heads.map((head) => head.replace("#", ""));
  const labelled = rows.map((row) => ({
    ...row,
    children: row.children.map((each, column) => ({
      ...each, attributes: { ...each.attributes, "data-head": names[column] },
    })),
  }));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads.map((head, column) =>
        h("th", { scope: "col", class: head.startsWith("#") ? "number" : null },
          names[column])))),
      h("tbody", {}, labelled)));
}

/** A name that may be broken at its dots and slashes. */
export const breakable = (name) =>
  name.split(/(?<=[./])/).flatMap((part, at) => (at === 0 ? [part] : [h("wbr"), part]));

export const number = (value) => h("td", { class: "number" }, value);
export const cell = (...children) => h("td", {}, children);

export function tile(label, value, note, kind) {
  return h("div", { class: "tile " + (kind ?? "") },
    h("span", { class: "label" }, label),
    h("span", { class: "value" }, value),
    h("span", { class: "note" }, note ?? ""));
}

export function panel(title, ...content) {
  return h("section", { class: "panel", key: "panel " + title }, h("h2", {}, title), content);
}

export function progress(value) {
  const percent = Math.round(Math.max(0, Math.min(1, Number(value) || 0)) * 100);
  return h("span", { class: "progress" },
    h("span", { class: "bar", "aria-hidden": "true" },
      h("span", { style: { width: percent + "%" } })), percent + " %");
}
