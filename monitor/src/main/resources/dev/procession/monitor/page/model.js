// What is known: the last snapshot, the history, and what follows from them.

const KEPT_MILLIS = 5 * 60 * 1000;
const MAX_ENDED = 4000;
const SHOWN_GONE_MILLIS = 2 * 60 * 1000;
const CLOCK_MILLIS = 1000; // the system says to a second when a process was started

/** That many requests of a manager wait only where much is stuck. */
const MANY_WAITING = 1000;

export const model = {
  machine: null,
  self: 0,
  points: [],
  ended: new Map(), // by session
  left: new Map(), // by session: when and how many ended tasks were too many to be sent
  runningSince: {},
  gone: new Map(), // programs that have ended while this page was open
  received: 0,
};

export function takeHistory(history) {
  model.points = history.points;
  model.ended = new Map(Object.entries(history.ended));
}

export function takeLook(look) {
  const before = model.machine;
  model.machine = look.machine;
  model.self = look.self;
  model.runningSince = look.runningSince;
  model.received = performance.now();
  model.points.push(look.point);
  while (model.points.length > 0 && model.points[0].at < look.machine.at - KEPT_MILLIS) {
    model.points.shift();
  }
  for (const [session, tasks] of Object.entries(look.ended)) {
    const all = model.ended.get(session) ?? [];
    const last = all.length === 0 ? -1 : all[all.length - 1].number;
    all.push(...tasks.filter((task) => task.number > last));
    model.ended.set(session, all.slice(-MAX_ENDED));
  }
  for (const [session, count] of Object.entries(look.left)) {
    if (count > 0) {
      const all = (model.left.get(session) ?? []).filter(([at]) => at > look.machine.at - 60_000);
      model.left.set(session, [...all, [look.machine.at, count]]);
    }
  }
  takeDeaths(before, look.machine);
}

function takeDeaths(before, machine) {
  for (const program of before?.programs ?? []) {
    if (program.pid !== 0 && !isAlive(machine, program.session)) {
      model.gone.set(program.session, { program, at: machine.at, seen: before.at });
    }
  }
  for (const [session, gone] of model.gone) {
    if (machine.at - gone.at > SHOWN_GONE_MILLIS) {
      model.gone.delete(session);
      model.ended.delete(session);
      model.left.delete(session);
    }
  }
}

function isAlive(machine, session) {
  return machine.programs.some((each) => each.session === session && each.pid !== 0);
}

/** The time of the watched machine. */
export function now() {
  return (model.machine?.at ?? Date.now()) + (performance.now() - model.received);
}

export function livePrograms() {
  const all = (model.machine?.programs ?? []).filter((program) => program.pid !== 0);
  return all.sort((a, b) => (b.pid === model.self) - (a.pid === model.self));
}

export const leftOvers = () =>
  (model.machine?.programs ?? []).filter((program) => program.pid === 0);

/** Finds a program, also one that has just ended. */
export function findProgram(session) {
  const program = livePrograms().find((each) => each.session === session);
  return program ?? model.gone.get(session)?.program;
}

/** The program that was started to run again what an ended one ran. */
export function successor({ program, seen }) {
  return livePrograms().find((each) =>
    each.command === program.command && each.startedAt > seen - CLOCK_MILLIS);
}

export function findPool(session, pool) {
  return findProgram(session)?.pools.find((each) => String(each.number) === String(pool));
}

/** Finds what a process is: its program, and of a worker its pool and its running task. */
export function findProcess(pid) {
  for (const program of livePrograms()) {
    for (const pool of program.pools) {
      const worker = pool.workers.find((each) => each.pid === pid);
      if (worker !== undefined) {
        const task = pool.tasks.find((each) =>
          each.state === "RUNNING" && each.worker === worker.index);
        return { program, pool, worker, task };
      }
    }
    if (program.members.some((member) => member.pid === pid)) {
      return { program };
    }
  }
  return undefined;
}

/** What a process is, as text. */
export function processName(pid) {
  const found = findProcess(pid);
  if (found?.worker === undefined) {
    return "process " + pid;
  }
  return "worker " + found.worker.index + " of " + found.pool.name + " (process " + pid +
    (found.task === undefined ? ")" : ", " + taskName(found.task) + ")");
}

/** Where queues are that belong to no program: in the place of a session. */
export const NAMED = "named";

export function findQueue(session, file) {
  const queues = session === NAMED ? model.machine?.queues : findProgram(session)?.queues;
  return queues?.find((each) => each.file === file);
}

/** The age of a queue's oldest element, which is known from looks alone. */
export const oldest = (queue) =>
  queue.size === 0 || queue.oldestAge === 0 ? "" : "> " + seconds(queue.oldestAge);

/** Figures over time: `[time, value]`, where a series has them. */
export function series(name, index) {
  const found = [];
  for (const point of model.points) {
    const values = point.values[name];
    if (values !== undefined) {
      found.push([point.at, values[index]]);
    }
  }
  return found;
}

/** How fast a counter grew: over two seconds, because looks are not equally far apart. */
export function rates(counts) {
  const found = [];
  let from = 0;
  for (let i = 1; i < counts.length; i++) {
    while (from < i - 1 && counts[i][0] - counts[from][0] > 2000) {
      from++;
    }
    const seconds = (counts[i][0] - counts[from][0]) / 1000;
    if (seconds > 0) {
      found.push([counts[i][0], Math.max(0, counts[i][1] - counts[from][1]) / seconds]);
    }
  }
  return found;
}

export const latest = (values) => (values.length === 0 ? 0 : values[values.length - 1][1]);

export const poolSeries = (session, pool, index) =>
  series("pool/" + session + "/" + pool.number, index);

export function throughput(session, pool) {
  return latest(rates(poolSeries(session, pool, 2))) + latest(rates(poolSeries(session, pool, 3)));
}

/** How many tasks of the last minute were too many to be drawn. */
export function leftOut(session) {
  const start = now() - 60_000;
  return (model.left.get(session) ?? []).reduce((all, [at, count]) =>
    all + (at > start ? count : 0), 0);
}

/** For how many seconds a task has run, as far as it was seen. */
export function ranFor(session, pool, task) {
  const since =
    model.runningSince[session + "/" + pool.number + "/" + task.id + "/" + task.attempt];
  return since === undefined ? 0 : Math.max(0, (now() - since) / 1000);
}

/** Whether a task runs for much longer than others of its pool did. */
export function isSlow(session, pool, task) {
  const usual = pool.runTimes.count < 20 ? 3 : pool.runTimes.percentile99;
  return task.state === "RUNNING" && ranFor(session, pool, task) > Math.max(5, 10 * usual);
}

export function poolTasksEnded(session, pool) {
  return (model.ended.get(session) ?? []).filter((task) => task.pool === pool.name);
}

export const recentFailures = (pool) =>
  pool.failures.filter((failure) => failure.at > now() - 60_000);

export const taskName = (task) => task.name ?? "task " + task.id;

/** What is wrong, the worst first. */
export function problems() {
  const found = [];
  const add = (bad, text, ...parts) => found.push({ bad, text, parts });
  for (const program of livePrograms()) {
    const session = program.session;
    if (program.silent !== null && program.silent !== "it does not listen") {
      add(true, "Program " + program.pid + " does not answer: " + program.silent, "");
    }
    for (const member of program.members) {
      if (member.silent !== null && member.pid !== program.pid) {
        add(true, "Process " + member.pid + " of program " + program.pid +
          " does not answer: " + member.silent, "");
      }
    }
    for (const pool of program.pools) {
      poolProblems(session, pool, add);
    }
    for (const queue of program.queues) {
      queueProblems(session, queue, add);
    }
    for (const manager of program.managers) {
      managerProblems(session, manager, add);
    }
  }
  for (const queue of model.machine?.queues ?? []) {
    queueProblems(NAMED, queue, add);
  }
  for (const { program } of model.gone.values()) {
    add(false, "Program " + program.pid + " has ended.", "");
  }
  return found.sort((a, b) => b.bad - a.bad);
}

function poolProblems(session, pool, add) {
  const failures = recentFailures(pool);
  if (failures.length > 0) {
    const last = failures[failures.length - 1];
    add(true, pool.name + ": " + count(failures.length, "task") + " failed in the last minute, " +
      "the last one by " + shortClass(last.exception) + ".", "pool", session, pool.number);
  }
  for (const task of pool.tasks) {
    if (isSlow(session, pool, task)) {
      add(true, pool.name + ": " + taskName(task) + " has run for " +
        seconds(ranFor(session, pool, task)) + ", most others for " +
        seconds(pool.runTimes.median) + ".", "task", session, pool.number, task.id);
    }
  }
  if (pool.queued > 0 && pool.workers.every((worker) => worker.state === "DEAD")) {
    add(true, pool.name + ": tasks wait, and there is no worker.", "pool", session, pool.number);
  }
}

function queueProblems(session, queue, add) {
  const name = queue.name ?? queue.file;
  if (queue.size >= queue.capacity) {
    add(false, "Queue " + name + " is full.", "queue", session, queue.file);
  }
  if (queue.leases.some((lease) => lease.holder === 0)) {
    add(true, "Queue " + name + ": who leased an element is dead.", "queue", session, queue.file);
  }
}

function managerProblems(session, manager, add) {
  const parts = ["manager", session, manager.pid, manager.address];
  for (const lock of manager.locks) {
    const longest = Math.max(0, ...lock.waiters.map((waiter) => waiter.waited));
    if (longest > 5) {
      const all = lock.waiters.length + lock.moreWaiters;
      add(true, capital(processName(lock.waiters.find((each) => each.waited === longest).pid)) +
        (all === 1 ? " has waited" : " and " + (all - 1) + " more have waited") + " for the lock " +
        (lock.name ?? "without a name") + " for " + seconds(longest) +
        (lock.holder === 0 ? "." : "; " + processName(lock.holder) + " holds it."), ...parts);
    }
    if (lock.abandoned) {
      add(true, "The holder of the lock " + (lock.name ?? "without a name") + " has died.",
        ...parts);
    }
  }
  if (manager.silent !== null) {
    add(true, "The manager " + manager.pid + " tells nothing of its objects: " + manager.silent +
      ".", ...parts);
  }
  if (manager.failures > 0) {
    add(true, "The manager " + manager.pid + " had " + count(manager.failures, "failure") +
      " of its own; its log says more.", ...parts);
  }
  if (manager.waitingRequests >= MANY_WAITING) {
    add(false, "The manager " + manager.pid + " has " + count(manager.waitingRequests, "request") +
      " that wait.", ...parts);
  }
  if (manager.maxBytes > 0 && manager.bytes > 0.9 * manager.maxBytes) {
    add(true, "The manager " + manager.pid + " is nearly full.", ...parts);
  }
}

export const count = (many, word) => many.toLocaleString("en") + " " + word + (many === 1 ? "" : "s");

const capital = (text) => text[0].toUpperCase() + text.slice(1);

export const shortClass = (name) => name.slice(name.lastIndexOf(".") + 1);

export function seconds(value) {
  if (value >= 3600) {
    return Math.floor(value / 3600) + " h " + Math.floor((value % 3600) / 60) + " min";
  }
  if (value >= 60) {
    const rest = Math.floor(value % 60);
    return Math.floor(value / 60) + " min" + (rest > 0 ? " " + rest + " s" : "");
  }
  if (value >= 1) {
    return (value >= 10 ? value.toFixed(0) : value.toFixed(1)) + " s";
  }
  if (value >= 0.001) {
    return (value * 1000).toFixed(value >= 0.01 ? 0 : 1) + " ms";
  }
  return value === 0 ? "0 s" : (value * 1e6).toFixed(0) + " µs";
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + " " + units[unit];
}

export function amount(value) {
  if (value >= 10_000) {
    return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 })
      .format(value);
  }
  return value >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString("en")
    : value.toFixed(1);
}

export const clock = (millis) => new Date(millis).toLocaleTimeString("en-GB");
