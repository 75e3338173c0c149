// Lines over time, as SVG that stretches; the words beside them are HTML.

import { h } from "./dom.js";
import { model, bytes, clock, now, seconds } from "./model.js";

const WIDTH = 1000;
const HEIGHT = 100;
const SHOWN_MILLIS = 2 * 60 * 1000;
const LEAST_MILLIS = 30 * 1000;
const GAP_MILLIS = 10 * 1000; // nobody looked in between

/** Where the pointer is: over which chart, and how far to the right, from 0 to 1. */
let pointer = null;

export function watchPointer(render) {
  document.addEventListener("pointermove", (event) => {
    const plot = event.target.closest?.(".plot");
    const before = pointer;
    if (plot === null || plot === undefined) {
      pointer = null;
    } else {
      const box = plot.getBoundingClientRect();
      pointer = { chart: plot.dataset.chart, x: (event.clientX - box.left) / box.width };
    }
    if (before !== null || pointer !== null) {
      render();
    }
  });
}

/**
 * A chart. Each line has a name, a colour's class and its values; `show` makes text of a value.
 */
export function chart(title, show, lines, least = 1) {
  const end = now();
  const length = shownMillis(end);
  const start = end - length;
  const visible = lines.map((line) => ({
    ...line, values: line.values.filter(([at]) => at >= start - 5000),
  }));
  const roundUp = show === bytes ? roundUpBinary : roundUpDecimal;
  const most = roundUp(Math.max(least, ...visible.flatMap((line) =>
    line.values.map(([, value]) => value))));
  const x = (at) => ((at - start) / length) * WIDTH;
  const y = (value) => HEIGHT - (value / most) * HEIGHT;
  const at = pointer?.chart === title ? start + pointer.x * length : null;
  return h("figure", { class: "chart", key: "chart " + title },
    h("figcaption", {}, h("span", { class: "title" }, title),
      visible.map((line) => h("span", { class: "legend " + line.colour }, line.name + " ",
        h("b", {}, show(valueAt(line.values, at)))))),
    h("div", { class: "plot", "data-chart": title },
      h("svg", {
        viewBox: "0 0 " + WIDTH + " " + HEIGHT, preserveAspectRatio: "none", role: "img",
        "aria-label": title + ": " + visible.map((line) =>
          line.name + " " + show(valueAt(line.values, null))).join(", "),
      },
        h("line", { class: "grid", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
        visible.map((line) => drawn(line, x, y))),
      h("span", { class: "most" }, show(most)),
      at === null ? null : h("span", {
        class: "cursor", style: { left: pointer.x * 100 + "%" },
      })),
    h("div", { class: "axis", "aria-hidden": "true" },
      h("span", {}, at === null ? seconds(length / 1000) + " ago" : clock(at)), h("span", {}, "now")));
}

/** How much time a chart shows: two minutes, or less if less was seen. */
function shownMillis(end) {
  const first = model.points.find((point) => point.at >= end - SHOWN_MILLIS);
  const seen = first === undefined ? 0 : end - first.at;
  const tens = Math.ceil(seen / 10_000) * 10_000;
  return Math.min(SHOWN_MILLIS, Math.max(LEAST_MILLIS, tens));
}

function drawn(line, x, y) {
  const paths = unbroken(line.values).map((values) => ({
    path: "M" + values.map(([at, value]) => x(at).toFixed(1) + " " + y(value).toFixed(1)).join("L"),
    first: x(values[0][0]).toFixed(1),
    last: x(values[values.length - 1][0]).toFixed(1),
  }));
  if (paths.length === 0) {
    return null;
  }
  return [
    line.area ? h("path", {
      class: "area " + line.colour,
      d: paths.map(({ path, first, last }) =>
        path + "L" + last + " " + HEIGHT + "L" + first + " " + HEIGHT + "Z").join(""),
    }) : null,
    h("path", { class: "line " + line.colour, d: paths.map(({ path }) => path).join("") }),
  ];
}

/** Parts the values where there was no look for a while. */
function unbroken(values) {
  const parts = [];
  let before = -Infinity;
  for (const value of values) {
    if (value[0] - before > GAP_MILLIS) {
      parts.push([]);
    }
    parts[parts.length - 1].push(value);
    before = value[0];
  }
  return parts;
}

function valueAt(values, at) {
  if (values.length === 0) {
    return 0;
  }
  if (at === null) {
    return values[values.length - 1][1];
  }
  let found = values[0];
  for (const value of values) {
    if (Math.abs(value[0] - at) < Math.abs(found[0] - at)) {
      found = value;
    }
  }
  return found[1];
}

const roundUpBinary = (value) => 2 ** Math.ceil(Math.log2(value));

function roundUpDecimal(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

/** A small line without words. */
export function spark(values, colour) {
  const end = now();
  const length = shownMillis(end);
  const most = Math.max(1e-9, ...values.map(([, value]) => value));
  return h("svg", {
    class: "spark", viewBox: "0 0 " + WIDTH + " " + HEIGHT, preserveAspectRatio: "none",
    "aria-hidden": "true",
  }, drawn({ values: values.filter(([at]) => at >= end - length), colour, area: true },
    (at) => (1 - (end - at) / length) * WIDTH, (value) => HEIGHT - (value / most) * (HEIGHT - 4)));
}
