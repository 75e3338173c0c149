// The task stream: a bar for each ended task on its worker's line, open bars for running ones.

import { h, plain } from "./dom.js";
import { model, now, findPool, poolTasksEnded, leftOut, ranFor, taskName, seconds } from "./model.js";

const SHOWN_MILLIS = 60_000;
const LINE = 22;
const GUTTER = 34;
const AXIS = 18;

/** The colours of the ends, as variables of the style sheet. */
const COLOURS = {
  "returned": "--good",
  "threw": "--bad",
  "timed out": "--warn",
  "crashed": "--crash",
  "failed": "--bad",
  "cancelled": "--quiet",
  "completed by its owner": "--good",
  "running": "--open",
};

/** The canvases that are on the page, with what they show. */
const shown = new Map();

export function stream(session, pool) {
  const lines = Math.max(1, pool.workers.length);
  const left = leftOut(session);
  return h("figure", { class: "stream" },
    h("div", { class: "stream-box" },
      h("canvas", {
        role: "img", style: { height: lines * LINE + AXIS + "px" },
        "aria-label": "Tasks of the last minute on the lines of their workers; " +
          "the tables below have them as text",
        ref: (canvas) => {
          shown.set(canvas, { session, pool: pool.number });
          draw(canvas);
        },
      }),
      h("div", { class: "tip", hidden: true })),
    h("figcaption", { class: "ends" },
      ["running", "returned", "threw", "timed out", "crashed", "cancelled"].map((end) =>
        h("span", { class: "end" },
          h("span", { class: "dot", style: { background: "var(" + COLOURS[end] + ")" } }), end)),
      left > 0 ? h("span", { class: "note" },
        left.toLocaleString("en") + " short ones are not drawn") : null));
}

/** Moves the bars between two looks. */
export function animate() {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  setInterval(() => {
    for (const canvas of shown.keys()) {
      if (!canvas.isConnected) {
        shown.delete(canvas);
      } else if (!document.hidden && !still.matches) {
        draw(canvas);
      }
    }
  }, 100);
  document.addEventListener("pointermove", (event) => {
    for (const [canvas, what] of shown) {
      tip(canvas, what, event.target === canvas ? event : null);
    }
  });
}

/** Returns the bars: line, from, to, end, name. */
function bars({ session, pool: pool_ }) {
  const pool = findPool(session, pool_);
  if (pool === undefined) {
    return { bars: [], workers: [] };
  }
  const end = now();
  const lines = new Map(pool.workers.map((worker, line) => [worker.index, line]));
  const found = [];
  for (const task of poolTasksEnded(session, pool)) {
    const line = lines.get(task.worker);
    if (line !== undefined && task.at > end - SHOWN_MILLIS) {
      found.push({
        line, from: task.at - task.runTime * 1000, to: task.at, end: task.end, name: task.task,
        time: task.runTime,
      });
    }
  }
  const dead = model.gone.get(session);
  for (const task of pool.tasks) {
    const line = lines.get(task.worker);
    if (task.state === "RUNNING" && line !== undefined) {
      const time = ranFor(session, pool, task);
      found.push({
        line, from: end - time * 1000, to: dead === undefined ? end : dead.at, end: "running",
        name: taskName(task), time,
      });
    }
  }
  found.sort((a, b) => (a.end !== "returned") - (b.end !== "returned")); // failures on top
  return { bars: found, workers: pool.workers };
}

function draw(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const { bars: all, workers } = bars(shown.get(canvas));
  const end = now();
  const x = (at) => GUTTER + (1 - (end - at) / SHOWN_MILLIS) * (width - GUTTER);
  context.font = "12px " + style.fontFamily;
  context.textBaseline = "middle";
  workers.forEach((worker, line) => {
    context.fillStyle = colour(line % 2 === 0 ? "--stripe" : "--panel");
    context.fillRect(GUTTER, line * LINE, width - GUTTER, LINE);
    context.fillStyle = colour("--quiet-text");
    context.fillText("#" + worker.index, 2, line * LINE + LINE / 2);
  });
  drawAxis(context, x, end, width, height, colour);
  for (const bar of all) {
    const from = Math.max(GUTTER, x(bar.from));
    const least = bar.end === "returned" || bar.end === "running" ? 1.5 : 4;
    const long = Math.max(least, x(bar.to) - from);
    const fill = colour(COLOURS[bar.end] ?? "--bad");
    context.fillStyle = fill;
    context.beginPath();
    context.roundRect(from, bar.line * LINE + 3, long, LINE - 6,
      bar.end === "running" ? [3, 0, 0, 3] : Math.min(3, long / 2));
    context.fill();
    if (long > 60) {
      drawName(context, bar, from, long, readableOn(fill));
    }
  }
}

function drawAxis(context, x, end, width, height, colour) {
  context.fillStyle = colour("--quiet-text");
  context.strokeStyle = colour("--line");
  const step = width < 500 ? 30 : 10;
  for (let ago = 0; ago < 60; ago += step) {
    const at = x(end - ago * 1000);
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, height - AXIS);
    context.stroke();
    context.textAlign = ago === 0 ? "right" : "center";
    context.fillText(ago === 0 ? "now" : ago + " s ago", at, height - AXIS / 2 + 1);
  }
  context.textAlign = "left";
}

function drawName(context, bar, from, long, colour) {
  context.save();
  context.beginPath();
  context.rect(from, bar.line * LINE, long - 4, LINE);
  context.clip();
  context.fillStyle = colour;
  context.fillText(bar.name ?? "", from + 6, bar.line * LINE + LINE / 2);
  context.restore();
}

/** Black or white, whichever has more contrast to a colour of the style sheet: at least 4.5. */
function readableOn(fill) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(fill.trim().slice(at, at + 2), 16) / 255;
    return part <= 0.04 ? part / 12.9 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

function tip(canvas, what, event) {
  const box = canvas.parentNode.querySelector(".tip");
  const bar = event === null ? undefined : hit(canvas, what, event);
  box.hidden = bar === undefined;
  if (bar !== undefined) {
    box.textContent = plain(bar.name ?? "a task") + " · " + bar.end + " · " + seconds(bar.time);
    const most = canvas.clientWidth - box.offsetWidth;
    box.style.left = Math.max(0, Math.min(most, event.offsetX + 12)) + "px";
    box.style.top = (bar.line + 1) * LINE + 2 + "px";
  }
}

function hit(canvas, what, event) {
  const width = canvas.clientWidth - GUTTER;
  const at = now() - (1 - (event.offsetX - GUTTER) / width) * SHOWN_MILLIS;
  const slack = (2 / width) * SHOWN_MILLIS;
  const line = Math.floor(event.offsetY / LINE);
  return bars(what).bars.reverse().find((bar) =>
    bar.line === line && at >= bar.from - slack && at <= bar.to + slack);
}
