// Lines over time, as SVG that stretches; the words beside them are HTML.

import { h } from "./dom.js";
import { bytes, clock, now } from "./model.js";

const WIDTH = 1000;
const HEIGHT = 100;
const SHOWN_MILLIS = 2 * 60 * 1000;

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
  const start = end - SHOWN_MILLIS;
  const visible = lines.map((line) => ({
    ...line, values: line.values.filter(([at]) => at >= start - 5000),
  }));
  const roundUp = show === bytes ? roundUpBinary : roundUpDecimal;
  const most = roundUp(Math.max(least, ...visible.flatMap((line) =>
    line.values.map(([, value]) => value))));
  const x = (at) => ((at - start) / SHOWN_MILLIS) * WIDTH;
  const y = (value) => HEIGHT - (value / most) * HEIGHT;
  const at = pointer?.chart === title ? start + pointer.x * SHOWN_MILLIS : null;
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
      h("span", {}, at === null ? "2 min ago" : clock(at)), h("span", {}, "now")));
}

function drawn(line, x, y) {
  if (line.values.length === 0) {
    return null;
  }
  const points = line.values.map(([at, value]) => x(at).toFixed(1) + " " + y(value).toFixed(1));
  const path = "M" + points.join("L");
  const first = x(line.values[0][0]).toFixed(1);
  const last = x(line.values[line.values.length - 1][0]).toFixed(1);
  return [
    line.area ? h("path", {
      class: "area " + line.colour, d: path + "L" + last + " " + HEIGHT + "L" + first + " " + HEIGHT + "Z",
    }) : null,
    h("path", { class: "line " + line.colour, d: path }),
  ];
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
  const most = Math.max(1e-9, ...values.map(([, value]) => value));
  return h("svg", {
    class: "spark", viewBox: "0 0 " + WIDTH + " " + HEIGHT, preserveAspectRatio: "none",
    "aria-hidden": "true",
  }, drawn({ values: values.filter(([at]) => at >= end - SHOWN_MILLIS), colour, area: true },
    (at) => (1 - (end - at) / SHOWN_MILLIS) * WIDTH, (value) => HEIGHT - (value / most) * (HEIGHT - 4)));
}
