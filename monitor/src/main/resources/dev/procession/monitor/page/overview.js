// The first page: are things happening, and is anything wrong?

import { h, link, route, table, number, cell, tile, panel, breakable } from "./dom.js";
import {
  model, NAMED, oldest, now, livePrograms, leftOvers, problems, throughput, recentFailures,
  poolSeries, rates, amount, bytes, seconds, clock, count, successor,
} from "./model.js";
import { spark } from "./charts.js";

export function overview() {
  const programs = livePrograms();
  const dead = leftOvers();
  return [
    h("h1", { class: "unseen" }, "Overview"),
    tiles(programs),
    wrong(),
    programs.length === 0
      ? panel("Programs", h("p", { class: "empty" },
        "No program of yours uses Procession now. This page shows one as soon as it starts."))
      : programs.map(programView),
    model.machine.queues.length === 0 ? null : panel("Queues with a name",
      queuesTable(NAMED, model.machine.queues, "Queues with a name")),
    dead.length === 0 ? null : leftOversView(dead),
  ];
}

function tiles(programs) {
  let workers = 0, busy = 0, running = 0, queued = 0, rate = 0, failed = 0;
  for (const program of programs) {
    for (const pool of program.pools) {
      workers += pool.workers.length;
      busy += pool.workers.filter((worker) => worker.state === "BUSY").length;
      running += pool.running;
      queued += pool.queued;
      rate += throughput(program.session, pool);
      failed += recentFailures(pool).length;
    }
  }
  return h("div", { class: "tiles" },
    tile("Programs", programs.length),
    tile("Workers busy", busy + " of " + workers),
    tile("Tasks running", amount(running)),
    tile("Tasks waiting", amount(queued)),
    tile("Tasks per second", amount(rate)),
    tile("Failed, last minute", amount(failed), null, failed > 0 ? "bad" : ""));
}

function wrong() {
  const all = problems();
  return h("section", { class: "panel problems", key: "problems", "aria-label": "Problems" },
    all.length === 0
      ? h("p", { class: "fine" }, h("span", { class: "mark good", "aria-hidden": "true" }, "✓"),
        "Nothing is wrong.")
      : h("ul", {}, all.map((problem) => h("li", { class: problem.bad ? "bad" : "warn" },
        h("span", { class: "mark", "aria-hidden": "true" }, problem.bad ? "!" : "i"),
        problem.parts[0] === "" ? problem.text : link(problem.text, ...problem.parts)))));
}

export const programName = (program) => program.command ?? "a program";

function programView(program) {
  const facts = [
    "process " + program.pid,
    program.startedAt > 0 ? "since " + clock(program.startedAt) : null,
    program.residentBytes > 0 ? bytes(program.residentBytes) : null,
    program.processorTime > 0 ? seconds(program.processorTime) + " of processor time" : null,
    count(program.members.filter((member) => member.pid !== 0).length, "process")
      .replace("processs", "processes"),
    bytes(program.sharedBytes) + " of shared memory",
  ].filter((fact) => fact !== null);
  const empty = program.pools.length + program.queues.length + program.managers.length === 0;
  return h("section", { class: "panel", key: program.session },
    h("h2", {}, breakable(programName(program)),
      program.pid === model.self ? h("span", { class: "tag" }, "this program") : null),
    h("p", { class: "facts" }, facts.join(" · ")),
    program.silent === null ? null : h("p", { class: "empty" },
      program.silent === "it does not listen"
        ? "It has no pool, child or manager yet."
        : "It does not answer: " + program.silent),
    empty && program.silent === null ? h("p", { class: "empty" }, "It has no pool now.") : null,
    h("div", { class: "cards" }, program.pools.map((pool) => poolCard(program.session, pool))),
    program.queues.length === 0 ? null : [h("h3", {}, "Queues"),
      queuesTable(program.session, program.queues, "Queues of " + programName(program))],
    managersTable(program));
}

function poolCard(session, pool) {
  const failed = recentFailures(pool).length;
  return h("article", { class: "card", key: pool.number },
    h("h3", {}, link(pool.name, "pool", session, pool.number),
      pool.shutdown ? h("span", { class: "tag" }, "shut down") : null,
      failed > 0 ? h("span", { class: "tag bad" }, failed + " failed") : null),
    spark(rates(poolSeries(session, pool, 2)), "c-good"),
    h("dl", {},
      fact("running", pool.running), fact("waiting", amount(pool.queued)),
      fact("per second", amount(throughput(session, pool))),
      fact("done", amount(pool.succeeded))),
    h("div", { class: "squares" }, pool.workers.map((worker) => h("a", {
      key: worker.index, class: "square " + worker.state.toLowerCase(),
      href: route("worker", session, pool.number, worker.index),
      title: "Worker " + worker.index + ": " + worker.state.toLowerCase(),
      "aria-label": "Worker " + worker.index + " of " + pool.name + ": " +
        worker.state.toLowerCase(),
    }))));
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function queuesTable(session, queues, title) {
  return table(title,
    ["Name", "#Elements", "#Capacity", "#Oldest", "#Bytes", "#Users", "#Leased"],
    queues.map((queue) => h("tr", { key: queue.file },
      cell(link(queue.name ?? queue.file, "queue", session, queue.file),
        queue.closed ? h("span", { class: "tag" }, "closed") : null),
      number(amount(queue.size)), number(amount(queue.capacity)), number(oldest(queue)),
      number(bytes(queue.bytes)), number(queue.users.filter((user) => user.pid !== 0).length),
      number(queue.leases.length))), "");
}

function managersTable(program) {
  if (program.managers.length === 0) {
    return null;
  }
  return [h("h3", {}, "Managers"), table("Managers of " + programName(program),
    ["Process", "Address", "#Objects", "#Memory", "#Clients", "#Waiting", "#Locks"],
    program.managers.map((manager) => h("tr", { key: manager.address },
      cell(link("Manager " + manager.pid, "manager", program.session, manager.pid,
        manager.address)),
      h("td", { class: "path" }, breakable(manager.address)),
      number(manager.objects.length + manager.moreObjects), number(bytes(manager.bytes)),
      number(manager.clients.length), number(manager.waitingRequests),
      number(manager.locks.length))), "")];
}

function leftOversView(dead) {
  return panel("Left by dead programs",
    h("p", { class: "facts" },
      "The next program that starts removes this; the command clean does so at once."),
    table("Left by dead programs", ["Session", "#Processes that live on", "#Files"],
      dead.map((program) => h("tr", { key: program.session }, cell(program.session),
        number(program.members.filter((member) => member.pid !== 0).length),
        number(bytes(program.sharedBytes)))), ""));
}

/** What stands above the page of a program that has ended. */
export function goneNote(session) {
  const gone = model.gone.get(session);
  if (gone === undefined) {
    return null;
  }
  const next = successor(gone);
  const again = next === undefined ? "" : "It runs again as process " + next.pid + ".";
  const pool = next?.pools[0];
  const starts = pool === undefined && gone.program.pools.length > 0; // its pool will come
  return h("p", { class: "banner" },
    "Process " + gone.program.pid + " has ended at " + clock(gone.at) + ", " +
      seconds(Math.max(0, (now() - gone.at) / 1000)) + " ago. This is what was seen last. ",
    again === "" || starts ? again
      : link(again, ...(pool === undefined ? [] : ["pool", next.session, pool.number])));
}
