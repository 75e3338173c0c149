package dev.procession.monitor.look;

import dev.procession.core.life.FoundName;
import dev.procession.core.life.FoundSession;
import dev.procession.core.life.Session;
import dev.procession.core.link.Answers;
import dev.procession.core.link.Questions;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.QueueSnapshot;
import dev.procession.core.snapshot.Snapshots;
import dev.procession.core.snapshot.TasksEnded;
import dev.procession.queue.ring.QueueWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds all programs of this user and asks them what they do, whether or not they opened a monitor.
 * A program that is stopped, or too old to answer, delays a look by a second at most and is shown
 * without its pools. Thread-safe; each call opens links of its own.
 */
public final class Programs {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String STOPPED = "it is stopped";

    /** What earlier looks have seen of the queues; nothing before the first one. */
    private static final QueueWatch QUEUES = new QueueWatch();

    private Programs() {}

    /** Looks at everything. */
    public static MachineSnapshot look() throws IOException {
        List<ProgramSnapshot> programs = new ArrayList<>();
        for (FoundSession session : FoundSession.all()) {
            programs.add(look(session));
        }
        programs.sort(
                Comparator.comparing((ProgramSnapshot program) -> program.pid() == 0)
                        .thenComparing(ProgramSnapshot::startedAt));
        List<QueueSnapshot> queues = new ArrayList<>();
        for (FoundName name : FoundName.all()) {
            queues.addAll(queues(name.home(), name.spare(), name.name(), name.members()));
        }
        return new MachineSnapshot(
                System.currentTimeMillis(), List.copyOf(programs), List.copyOf(queues));
    }

    private static List<QueueSnapshot> queues(
            Path home, Path spare, @Nullable String name, List<FoundSession.Member> members) {
        Map<Long, Long> pids = new HashMap<>();
        members.forEach(member -> pids.put(member.number(), member.pid()));
        return QUEUES.look(
                home,
                spare,
                name,
                member -> pids.computeIfAbsent(member, late -> FoundSession.pidOf(home, late)));
    }

    private static ProgramSnapshot look(FoundSession session) {
        long pid = session.rootPid();
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        List<PoolSnapshot> pools = new ArrayList<>();
        List<ManagerSnapshot> managers = new ArrayList<>();
        Optional<String> command = MainClass.of(pid);
        List<String> commandLine = new ArrayList<>(); // asked for only where it is not known
        List<ProgramSnapshot.Member> members = new ArrayList<>();
        String silent = pid == 0 ? "it is dead" : "it does not listen";
        for (FoundSession.Member member : session.members()) {
            String reason = null;
            if (member.isAlive()) {
                reason = ask(session, member, pools, managers, commandLine);
                if (member.number() == Session.ROOT && (reason != null || member.listens())) {
                    silent = reason;
                }
            }
            members.add(new ProgramSnapshot.Member(member.number(), member.pid(), reason));
        }
        if (command.isEmpty() && !commandLine.isEmpty()) {
            command = MainClass.ofCommand(commandLine.get(0));
        }
        return new ProgramSnapshot(
                session.home().getFileName().toString(),
                pid,
                command.orElse(null),
                process.flatMap(handle -> handle.info().startInstant())
                        .map(Instant::toEpochMilli)
                        .orElse(0L),
                pid == 0 ? 0 : ProcStatus.of(pid).residentBytes(),
                process.flatMap(handle -> handle.info().totalCpuDuration())
                        .map(time -> time.toNanos() / (double) TimeUnit.SECONDS.toNanos(1))
                        .orElse(0.0),
                silent,
                members,
                session.bytes(),
                pools,
                queues(session.home(), session.spare(), null, session.members()),
                managers);
    }

    /**
     * Asks a process for what it hosts, if it listens. Returns why it does not answer; null if it
     * does, has ended meanwhile, or does not listen.
     */
    private static @Nullable String ask(
            FoundSession session,
            FoundSession.Member member,
            List<PoolSnapshot> pools,
            List<ManagerSnapshot> managers,
            List<String> commandLine) {
        if (ProcStatus.of(member.pid()).isStopped()) {
            return STOPPED; // it would answer when it goes on
        }
        if (!member.listens()) {
            return null;
        }
        try (Questions questions = Questions.to(session.home(), member.number(), PATIENCE)) {
            List<String> known = text(questions.ask(Answers.KNOWN_QUESTIONS)).lines().toList();
            if (known.contains("pools")) {
                pools.addAll(ask(questions, PoolSnapshot.class, "pools"));
            }
            if (known.contains("managers")) {
                managers.addAll(ask(questions, ManagerSnapshot.class, "managers"));
            }
            if (member.number() == Session.ROOT
                    && known.contains(Answers.COMMAND_QUESTION)
                    && MainClass.of(member.pid()).isEmpty()) {
                commandLine.add(text(questions.ask(Answers.COMMAND_QUESTION)));
            }
            return null;
        } catch (IOException e) {
            boolean lives = ProcessHandle.of(member.pid()).isPresent();
            return lives || member.number() == Session.ROOT ? String.valueOf(e.getMessage()) : null;
        }
    }

    private static <T> List<T> ask(
            Questions questions, Class<T> type, String question, String... arguments)
            throws IOException {
        return Snapshots.decode(type, questions.ask(question, arguments));
    }

    /**
     * Returns the tasks of a program that have ended since it was asked before.
     *
     * @param session the name of the session, as {@link ProgramSnapshot#session} has it
     * @param from what the answer before has named; 0 at first
     */
    public static TasksEnded tasksEnded(String session, long from) throws IOException {
        try (Questions questions = to(session)) {
            return ask(questions, TasksEnded.class, "tasks-ended", Long.toString(from)).get(0);
        }
    }

    /** Returns what the main thread of a worker does now. */
    public static String stack(String session, long pool, int worker) throws IOException {
        try (Questions questions = to(session)) {
            return text(questions.ask("stack", Long.toString(pool), Integer.toString(worker)));
        }
    }

    /**
     * Returns what all threads of a process of a program do now.
     *
     * @param member its number in the session
     */
    public static String threads(String session, long member) throws IOException {
        try (Questions questions = to(session, member)) {
            return text(questions.ask("threads"));
        }
    }

    /** Cancels a task, and stops it if it runs; false if it has left its pool. */
    public static boolean cancel(String session, long pool, long task) throws IOException {
        try (Questions questions = to(session)) {
            return Boolean.parseBoolean(
                    text(questions.ask("cancel", Long.toString(pool), Long.toString(task))));
        }
    }

    private static Questions to(String session) throws IOException {
        return to(session, Session.ROOT);
    }

    private static Questions to(String name, long member) throws IOException {
        for (FoundSession session : FoundSession.all()) {
            if (session.home().getFileName().toString().equals(name)) {
                return Questions.to(session.home(), member, PATIENCE);
            }
        }
        throw new IOException("the program has ended: session=" + name);
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.UTF_8);
    }
}
