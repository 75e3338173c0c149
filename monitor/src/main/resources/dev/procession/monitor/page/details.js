// One pool, task, worker, queue or manager.

import { h, link, button, table, number, cell, tile, panel, progress, breakable } from "./dom.js";
import {
  model, findProgram, findPool, findQueue, oldest, series, poolSeries, rates, latest, throughput,
  ranFor, isSlow, taskName, poolTasksEnded, amount, bytes, seconds, clock, count, shortClass,
  findProcess,
} from "./model.js";
import { chart } from "./charts.js";
import { stream } from "./stream.js";
import { goneNote, programName } from "./overview.js";

const MOST_ROWS = 100;
const MOST_WAITERS = 20;

const isGone = (session) => model.gone.has(session);

function missing(what) {
  return [h("h1", {}, what), h("p", { class: "empty" }, "It is not there, or not any more. "),
    h("p", {}, h("a", { href: "#/" }, "To the overview"))];
}

const asPercent = (value) => value.toFixed(0) + " %";

export function poolView(session, number_) {
  const pool = findPool(session, number_);
  if (pool === undefined) {
    return [goneNote(session), ...missing("Pool")];
  }
  const running = pool.tasks.filter((task) => task.state === "RUNNING").sort((a, b) =>
    ranFor(session, pool, b) - ranFor(session, pool, a)); // what hangs stays where it is
  const waiting = pool.tasks.filter((task) => task.state !== "RUNNING");
  return [
    goneNote(session),
    h("h1", {}, pool.name, pool.shutdown ? h("span", { class: "tag" }, "shut down") : null),
    h("div", { class: "tiles" },
      tile("Running", pool.running, "at most " + pool.limit + " workers"),
      tile("Waiting", amount(pool.queued)),
      tile("Per second", amount(throughput(session, pool)), amount(pool.succeeded) + " done"),
      tile("Run time", seconds(pool.runTimes.median),
        "99 % within " + seconds(pool.runTimes.percentile99)),
      tile("Wait time", seconds(pool.waitTimes.median),
        "99 % within " + seconds(pool.waitTimes.percentile99)),
      tile("Failed", amount(pool.failed), [
        pool.timedOut > 0 ? pool.timedOut + " timed out" : null,
        pool.crashed > 0 ? pool.crashed + " crashed" : null,
        pool.retried > 0 ? pool.retried + " repeated" : null,
        pool.workersLost > 0 ? count(pool.workersLost, "worker") + " lost" : null,
      ].filter((note) => note !== null).join(", "), pool.failed > 0 ? "bad" : "")),
    panel("Tasks of the last minute", stream(session, pool)),
    h("div", { class: "charts" },
      chart("Throughput", (value) => amount(value) + "/s", [
        { name: "done", colour: "c-good", area: true, values: rates(poolSeries(session, pool, 2)) },
        { name: "failed", colour: "c-bad", values: rates(poolSeries(session, pool, 3)) },
      ]),
      chart("Queue depth", amount, [
        { name: "waiting", colour: "c-warn", area: true, values: poolSeries(session, pool, 0) },
        { name: "running", colour: "c-run", values: poolSeries(session, pool, 1) },
      ]),
      chart("Workers' memory", bytes, [{
        name: "resident", colour: "c-run", area: true, values: sum(pool.workers, 0),
      }], 1024 * 1024)),
    panel("Workers", workersTable(session, pool)),
    panel("Tasks", tasksTable(session, pool, [...running, ...waiting])),
    panel("Failures", failures(session, pool)),
  ];
}

/** Adds up a figure of all workers that live. */
function sum(workers, index) {
  const names = workers.map((worker) => "worker/" + worker.pid);
  return model.points
    .map((point) => [point.at, names.map((name) => point.values[name]?.[index] ?? 0)])
    .filter(([, values]) => values.some((value) => value > 0)) // else the program did not answer
    .map(([at, values]) => [at, values.reduce((all, value) => all + value, 0)]);
}

const processor = (pid) =>
  rates(series("worker/" + pid, 2)).map(([at, millis]) => [at, millis / 10]);

function workersTable(session, pool) {
  return table("Workers of " + pool.name,
    ["Worker", "Process", "State", "Task", "#Done", "#Resident", "#Heap", "#Processor", "#Restarts", "#Age", ""],
    pool.workers.map((worker) => h("tr", { key: worker.index },
      cell(link("Worker " + worker.index, "worker", session, pool.number, worker.index)),
      cell(worker.pid), cell(state(worker.state)), cell(taskOf(session, pool, worker)),
      number(amount(worker.tasksDone)), number(bytes(worker.residentBytes)),
      number(worker.heapBytes > 0 ? bytes(worker.heapBytes) : ""),
      number(asPercent(latest(processor(worker.pid)))), number(amount(worker.restarts ?? 0)),
      number(seconds(worker.age)),
      h("td", { class: "actions" }, workerButtons(session, pool, worker)))),
    "The pool has no worker now; it starts one when a task comes.");
}

const state = (name) =>
  h("span", { class: "state " + name.toLowerCase() }, name.toLowerCase());

function taskOf(session, pool, worker) {
  if (worker.task === null) {
    return "";
  }
  const task = pool.tasks.find((each) => each.state === "RUNNING" && each.worker === worker.index);
  return task === undefined ? worker.task : taskLink(session, pool, task);
}

const taskLink = (session, pool, task) =>
  link(taskName(task), "task", session, pool.number, task.id);

function workerButtons(session, pool, worker) {
  if (isGone(session) || worker.state === "DEAD") {
    return [];
  }
  const what = { session, pool: pool.number, worker: worker.index, pid: worker.pid };
  return [button("Stack", "stack", what), button("Kill", "kill", what, "danger")];
}

function tasksTable(session, pool, tasks) {
  const more = pool.moreTasks + Math.max(0, tasks.length - MOST_ROWS);
  return [table("Tasks of " + pool.name,
    ["Task", "State", "Worker", "#Attempt", "#Running for", "#Age", "Progress", ""],
    tasks.slice(0, MOST_ROWS).map((task) => h("tr", {
      key: task.id, class: isSlow(session, pool, task) ? "slow" : null,
    },
      cell(taskLink(session, pool, task)), cell(state(task.state)),
      cell(task.worker >= 0
        ? link("Worker " + task.worker, "worker", session, pool.number, task.worker) : ""),
      number(task.attempt),
      number(task.state === "RUNNING" ? seconds(ranFor(session, pool, task)) : ""),
      number(seconds(task.age)), cell(task.progress > 0 ? progress(task.progress) : ""),
      h("td", { class: "actions" }, taskButtons(session, pool, task)))),
    "No task is in the pool."),
  more > 0 ? h("p", { class: "facts" }, "and " + more.toLocaleString("en") + " more") : null];
}

function taskButtons(session, pool, task) {
  if (isGone(session)) {
    return [];
  }
  const what = { session, pool: pool.number, task: task.id, worker: task.worker };
  return [
    task.state === "RUNNING" ? button("Stack", "stack", what) : null,
    button("Cancel", "cancel", what),
  ];
}

function failures(session, pool) {
  if (pool.failures.length === 0) {
    return h("p", { class: "empty" }, "No task has failed.");
  }
  return h("div", { class: "failures" }, [...pool.failures].reverse().map((failure) =>
    h("details", { key: failure.task + "/" + failure.at },
      h("summary", {}, h("span", { class: "time" }, clock(failure.at)), " ",
        h("b", {}, failure.name ?? "task " + failure.task), " ",
        h("span", { class: "bad" }, shortClass(failure.exception)), " ",
        h("span", { class: "message" }, failure.message ?? "")),
      h("p", { class: "facts" }, "Task " + failure.task,
        failure.worker >= 0 ? [" on ", link("worker " + failure.worker, "worker", session,
          pool.number, failure.worker)] : null, " · " + failure.exception),
      h("pre", { tabindex: "0" }, failure.stack ?? "Its stack was not kept, because many tasks " +
        "failed at this time."))));
}

export function taskView(session, poolNumber, id) {
  const pool = findPool(session, poolNumber);
  const task = pool?.tasks.find((each) => String(each.id) === id);
  const failure = pool?.failures.find((each) => String(each.task) === id);
  if (task === undefined) {
    return [goneNote(session), h("h1", {}, failure?.name ?? "Task " + id),
      failure === undefined
        ? h("p", { class: "empty" }, "It has left the pool, and did not fail lately.")
        : panel("It has failed", failures(session, { ...pool, failures: [failure] })),
      pool === undefined ? null
        : h("p", {}, link("To the pool " + pool.name, "pool", session, pool.number))];
  }
  return [
    goneNote(session),
    h("h1", {}, taskName(task)),
    h("div", { class: "tiles" },
      tile("State", task.state.toLowerCase()),
      tile("Running for", seconds(ranFor(session, pool, task)),
        "most others for " + seconds(pool.runTimes.median)),
      tile("Age", seconds(task.age), "since it was submitted"),
      tile("Attempt", task.attempt),
      tile("Worker", task.worker < 0 ? "none yet"
        : link("Worker " + task.worker, "worker", session, pool.number, task.worker)),
      tile("Progress", progress(task.progress))),
    h("p", { class: "actions" }, taskButtons(session, pool, task)),
  ];
}

export function workerView(session, poolNumber, index) {
  const pool = findPool(session, poolNumber);
  const worker = pool?.workers.find((each) => String(each.index) === index);
  if (worker === undefined) {
    return [goneNote(session), ...missing("Worker " + index)];
  }
  const name = "worker/" + worker.pid;
  const done = poolTasksEnded(session, pool).filter((task) => task.worker === worker.index);
  return [
    goneNote(session),
    h("h1", {}, "Worker " + worker.index + " of " + pool.name),
    h("div", { class: "tiles" },
      tile("State", worker.state.toLowerCase()),
      tile("Process", worker.pid, "for " + seconds(worker.age) + ", "
        + (worker.restarts > 0 ? "restarted " + amount(worker.restarts) + " times" : "the first here")),
      tile("Task", taskOf(session, pool, worker) || "none"),
      tile("Tasks done", amount(worker.tasksDone)),
      tile("Memory", bytes(worker.residentBytes), worker.heapBytes > 0
        ? "heap " + bytes(worker.heapBytes) : ""),
      tile("Processor", asPercent(latest(processor(worker.pid))),
        seconds(worker.processorTime) + " in all")),
    h("p", { class: "actions" }, workerButtons(session, pool, worker)),
    h("div", { class: "charts" },
      chart("Memory", bytes, [
        { name: "resident", colour: "c-run", area: true, values: series(name, 0) },
        { name: "heap", colour: "c-good", values: series(name, 1) },
      ], 1024 * 1024),
      chart("Processor time", asPercent, [
        { name: "used", colour: "c-warn", area: true, values: processor(worker.pid) },
      ], 100)),
    panel("Tasks that ended here", table("Tasks that ended here",
      ["Task", "End", "#Ran for", "#Attempt", "#At"],
      done.slice(-50).reverse().map((task) => h("tr", { key: task.number },
        cell(task.task ?? ""), cell(h("span", {
          class: task.end === "returned" ? "good" : "bad",
        }, task.end)), number(seconds(task.runTime)), number(task.attempt),
        number(clock(task.at)))), "None has ended here since the page was opened.")),
  ];
}

const WAITS = { element: "an element", room: "room", idle: "the end of all elements" };

const userName = (pid) => pid === 0 ? h("span", { class: "bad" }, "dead") : "process " + pid;

export function queueView(session, file) {
  const queue = findQueue(session, file);
  if (queue === undefined) {
    return [goneNote(session), ...missing("Queue")];
  }
  return [
    goneNote(session),
    h("h1", {}, queue.name ?? "Queue " + queue.file,
      queue.closed ? h("span", { class: "tag" }, "closed") : null),
    h("div", { class: "tiles" },
      tile("Elements", amount(queue.size), "at most " + amount(queue.capacity),
        queue.size >= queue.capacity ? "bad" : ""),
      tile("Oldest", oldest(queue) || "–", "since when it has been seen"),
      tile("Bytes", bytes(queue.bytes),
        queue.byteBound > 0 ? "at most " + bytes(queue.byteBound) : "without a bound"),
      tile("Processes", queue.users.filter((user) => user.pid !== 0).length),
      tile("Leased", queue.leases.length)),
    h("div", { class: "charts" },
      chart("Elements", amount, [{
        name: "in the queue", colour: "c-run", area: true,
        values: series("queue/" + session + "/" + file, 0),
      }]),
      chart("Bytes", bytes, [{
        name: "of elements", colour: "c-good", area: true,
        values: series("queue/" + session + "/" + file, 1),
      }], 1024)),
    panel("Leased elements", table("Leased elements", ["#Number", "Holder", "#For"],
      queue.leases.map((lease) => h("tr", { key: lease.number }, number(lease.number),
        cell(userName(lease.holder)), number(lease.age > 0 ? seconds(lease.age) : ""))),
      "No element is leased.")),
    panel("Processes that use it", table("Processes that use it", ["Process", "Waits for"],
      queue.users.map((user) => h("tr", { key: user.member }, cell(userName(user.pid)),
        cell(WAITS[user.waitsFor] ?? ""))), "No process has it open.")),
  ];
}

export function managerView(session, pid, address) {
  const manager = findProgram(session)?.managers.find((each) =>
    String(each.pid) === pid && each.address === address);
  if (manager === undefined) {
    return [goneNote(session), ...missing("Manager")];
  }
  const name = "manager/" + session + "/" + pid + "/" + address;
  return [
    goneNote(session),
    h("h1", {}, "Manager " + manager.pid),
    h("p", { class: "facts path" }, breakable(manager.address)),
    manager.silent === null ? null
      : h("p", { class: "empty" }, "It tells nothing of its objects: " + manager.silent + "."),
    h("div", { class: "tiles" },
      tile("Requests per second", amount(latest(rates(series(name, 0)))),
        amount(manager.operations) + " in all"),
      tile("Waiting", manager.waitingRequests, "requests, for a lock, say"),
      tile("Memory", bytes(manager.bytes), "at most " + bytes(manager.maxBytes)),
      tile("Clients", manager.clients.length, manager.endedClients + " have ended"),
      tile("Failures", manager.failures, "of its own", manager.failures > 0 ? "bad" : "")),
    panel("Locks", locks(manager)),
    h("div", { class: "charts" },
      chart("Requests", (value) => amount(value) + "/s", [
        { name: "carried out", colour: "c-run", area: true, values: rates(series(name, 0)) },
      ]),
      chart("Stored", bytes, [
        { name: "keys and values", colour: "c-good", area: true, values: series(name, 2) },
      ], 1024)),
    panel("Objects", table("Objects", ["Name", "Kind", "Content", "#Memory", "#Waiting"],
      manager.objects.map((object, index) => h("tr", { key: object.name === null ? index
        : object.kind + "/" + object.name },
        cell(object.name ?? "without a name"), cell(object.kind), cell(content(object)),
        number(object.bytes > 0 ? bytes(object.bytes) : ""),
        number(object.waiting > 0 ? amount(object.waiting) : ""))), "It has no object."),
      manager.moreObjects > 0
        ? h("p", { class: "facts" }, "and " + manager.moreObjects.toLocaleString("en") + " more")
        : null),
    panel("Processes that use it", h("p", {}, manager.clients.length === 0 ? "none"
      : manager.clients.slice(0, MOST_ROWS).map((pid, index) => [index === 0 ? "" : ", ",
        who(pid)]),
    manager.clients.length > MOST_ROWS
      ? " and " + (manager.clients.length - MOST_ROWS).toLocaleString("en") + " more" : null)),
  ];
}

/** How much is in an object, in the words of its kind. */
function content(object) {
  switch (object.kind) {
    case "dict": case "namespace": return amount(object.size) +
      (object.size === 1 ? " entry" : " entries");
    case "list": case "queue": case "set": return amount(object.size) +
      (object.size === 1 ? " element" : " elements");
    case "value": case "event": return object.size > 0 ? "set" : "not set";
    case "lock": case "rlock": return object.size > 0 ? "held" : "free";
    case "semaphore": return count(object.size, "permit") + " free";
    case "barrier": return object.size + " parties";
    case "object": return "of a user's class";
    default: return object.size.toLocaleString("en");
  }
}

/** What a process is, with a link to it where it is a worker. */
function who(pid) {
  const found = findProcess(pid);
  if (found === undefined) {
    return "process " + pid;
  }
  const { program, pool, worker, task } = found;
  if (worker === undefined) {
    return program.pid === pid ? programName(program) + " " + pid
      : "process " + pid + " of " + programName(program);
  }
  return [link("worker " + worker.index, "worker", program.session, pool.number, worker.index),
    " of " + pool.name,
    task === undefined ? null : [": ",
      link(taskName(task), "task", program.session, pool.number, task.id)]];
}

function locks(manager) {
  return [table("Locks", ["Lock", "Held by", "#For", "Who waits, in their order"],
    manager.locks.map((lock, index) => h("tr", { key: index },
      cell(lock.name ?? "without a name", lock.abandoned
        ? h("span", { class: "tag bad" }, "abandoned") : null),
      cell(lock.holder === 0 ? "nobody" : [who(lock.holder), ", thread " + lock.holderThread]),
      number(lock.holder === 0 ? "" : seconds(lock.heldFor)),
      cell(waiters(lock)))),
  "No lock is held."), manager.moreLocks > 0
    ? h("p", { class: "facts" }, "and " + manager.moreLocks.toLocaleString("en") + " more") : null];
}

function waiters(lock) {
  const shown = lock.waiters.slice(0, MOST_WAITERS);
  const more = lock.waiters.length + lock.moreWaiters - shown.length;
  return [
    shown.length === 0 ? "nobody" : shown.map((waiter, index) => [index === 0 ? "" : ", ",
      who(waiter.pid), " for " + seconds(waiter.waited)]),
    more > 0 ? " and " + more.toLocaleString("en") + " more" : null,
    lock.awaiting > 0 ? "; " + count(lock.awaiting, "thread") +
      (lock.awaiting === 1 ? " awaits" : " await") + " a condition" : null,
  ];
}
