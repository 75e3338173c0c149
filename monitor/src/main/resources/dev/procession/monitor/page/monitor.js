// Puts the page together: its addresses, its events, its buttons.

import { h, link, patch, plain, breakable } from "./dom.js";
import { model, takeHistory, takeLook, findPool, findProgram, taskName } from "./model.js";
import { watchPointer } from "./charts.js";
import { animate } from "./stream.js";
import { overview, programName } from "./overview.js";
import { poolView, taskView, workerView, queueView, managerView } from "./details.js";

const SILENT_MILLIS = 8000;
const AGAIN_MILLIS = 2000;

const main = document.getElementById("main");
const status = document.getElementById("status");
const VIEWS = {
  pool: poolView, task: taskView, worker: workerView, queue: queueView, manager: managerView,
};

const parts = () =>
  location.hash.replace(/^#\/?/, "").split("/").filter((part) => part !== "").map(decode);

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // an address that somebody has typed
  }
}

let scheduled = false;

function render() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      renderNow();
    });
  }
}

function renderNow() {
  if (model.machine === null) {
    return;
  }
  const [kind, ...rest] = parts();
  const view = VIEWS[kind];
  const focused = document.activeElement;
  patch(main, [h("div", { key: location.hash, class: "view", "data-view": location.hash },
    (view === undefined ? overview() : view(...rest)).filter((each) => each !== null))]);
  patch(document.getElementById("crumbs"), crumbs(kind, rest));
  markArmed();
  if (focused !== document.activeElement && focused?.isConnected) {
    focused.focus({ preventScroll: true }); // its row has moved
  }
}

function crumbs(kind, [session, number, last]) {
  if (VIEWS[kind] === undefined) {
    return [];
  }
  const program = findProgram(session);
  const found = [h("a", { href: "#/" },
    program === undefined ? "Overview" : breakable(programName(program)))];
  if (kind === "task" || kind === "worker") {
    const pool = findPool(session, number);
    const task = pool?.tasks.find((each) => String(each.id) === last);
    found.push(link(pool?.name ?? "pool", "pool", session, number));
    found.push(h("span", { "aria-current": "page" },
      kind === "worker" ? "worker " + last : task === undefined ? "task " + last : taskName(task)));
  } else {
    found.push(h("span", { "aria-current": "page" },
      kind === "pool" ? findPool(session, number)?.name ?? "pool" : kind));
  }
  return found;
}

// Events. The browser connects again by itself, but not after an answer that is no stream.

let source = null;
let lastEvent = 0;

function connect() {
  source = new EventSource("events");
  source.addEventListener("history", (event) => take(event, takeHistory));
  source.addEventListener("look", (event) => take(event, takeLook));
  source.addEventListener("trouble", (event) =>
    notice("The programs cannot be seen: " + JSON.parse(event.data).reason));
  source.addEventListener("error", () => {
    showStatus(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(connect, AGAIN_MILLIS);
    }
  });
}

function take(event, by) {
  by(JSON.parse(event.data));
  lastEvent = performance.now();
  showStatus(true);
  render();
}

function showStatus(live) {
  const text = live ? "live" : "no answer, trying again";
  if (status.textContent !== text) {
    status.textContent = text; // only changes are read aloud
  }
  status.classList.toggle("live", live);
  document.body.classList.toggle("stale", !live);
}

setInterval(() => {
  if (performance.now() - lastEvent > SILENT_MILLIS) {
    showStatus(false);
  }
}, 1000);

// Buttons.

let armed = "";
let armedEnds = 0;

const identity = (button) => JSON.stringify(button.dataset);

/** A button that kills asks back by its own text; the page is drawn anew under it. */
function markArmed() {
  for (const button of document.querySelectorAll("button.danger")) {
    const sure = armed === identity(button);
    const text = sure ? "Really?" : "Kill";
    if (button.textContent !== text) {
      button.firstChild.data = text;
    }
    button.classList.toggle("armed", sure);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (event.target.closest("[data-skip]") !== null) {
    event.preventDefault(); // the fragment is the page's address
    main.focus();
  } else if (button !== null) {
    act(button).catch((e) => notice(String(e.message)));
  }
});

async function act(button) {
  const action = button.dataset.do;
  if (action === "kill" && armed !== identity(button)) {
    armed = identity(button);
    clearTimeout(armedEnds);
    armedEnds = setTimeout(() => {
      armed = "";
      markArmed();
    }, 4000);
    markArmed();
    return;
  }
  armed = "";
  const { session } = button.dataset;
  const what = { session };
  for (const name of ["pool", "worker", "task", "pid"]) {
    if (button.dataset[name] !== undefined) {
      what[name] = Number(button.dataset[name]);
    }
  }
  const response = await fetch(action, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
  });
  const text = await response.text();
  if (!response.ok) {
    notice(text);
  } else if (action === "stack") {
    showStack(what, text);
  } else {
    notice(action === "kill" ? "Process " + what.pid + " was killed." : "Task " + what.task +
      " was cancelled.");
  }
}

function showStack({ session, pool, worker }, text) {
  const name = findPool(session, pool)?.name ?? "the pool";
  document.getElementById("stack-title").textContent =
    "Worker " + worker + " of " + plain(name) + ", now";
  document.getElementById("stack-text").textContent = plain(text);
  const dialog = document.getElementById("stack");
  if (!dialog.open) {
    dialog.showModal();
  }
}

let noticeEnds = 0;

function notice(text) {
  const box = document.getElementById("notice");
  box.textContent = plain(text);
  box.hidden = false;
  clearTimeout(noticeEnds);
  noticeEnds = setTimeout(() => {
    box.hidden = true;
  }, 5000);
}

// Dark and light.

const THEMES = ["system", "light", "dark"];
const themeButton = document.getElementById("theme");

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  themeButton.textContent = { system: "Auto", light: "Light", dark: "Dark" }[theme];
  themeButton.setAttribute("aria-label", "Colours: " + theme);
}

function savedTheme() {
  try {
    const saved = localStorage.getItem("theme");
    return THEMES.includes(saved) ? saved : "system";
  } catch {
    return "system"; // the browser keeps nothing
  }
}

themeButton.addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % 3];
  showTheme(next);
  try {
    localStorage.setItem("theme", next);
  } catch {
    // It holds until the page is loaded again.
  }
});

showTheme(savedTheme());
window.addEventListener("hashchange", () => {
  renderNow();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
watchPointer(render);
animate();
connect();
