package dev.procession.core.link;

import dev.procession.core.log.Log;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this process answers when another process of the same user asks, as the monitor's page and
 * command do: a table of answers by the names of the questions.
 *
 * <p>Nothing is made before somebody asks. An answer is made on a thread of its own kind, never on
 * the link server's; the threads end when nobody asks any more. The asking process has proven that
 * it knows the session's secret, which only this user can read. Whoever asks faster than the
 * answers come, or does not read them, loses the link, not the others' answers. If very many ask,
 * the link that was idle longest ends.
 */
public final class Answers {

    /** Makes the answer to one question. */
    @FunctionalInterface
    public interface Answer {
        /**
         * Returns the answer's bytes. An exception is the answer "no", with its message as reason.
         *
         * @param question its name
         * @param arguments the question's arguments, as the asking process gave them
         */
        byte[] to(String question, List<String> arguments) throws Exception;
    }

    /** Every process answers this with the names of its questions, one in each line. */
    public static final String KNOWN_QUESTIONS = "questions";

    /** Every process answers this with its main class or JAR and the arguments, if it knows it. */
    public static final String COMMAND_QUESTION = "command";

    /** The first byte of an ANSWER. */
    static final byte ANSWERED = 0;

    static final byte FAILED = 1;

    private static final int MAX_LINKS = 64;
    private static final int MAX_OPEN_QUESTIONS = 16;
    private static final int THREADS = 4;

    /** An answer that is being read is at most as long. */
    private static final long MAX_UNREAD_BYTES = 2L * FrameType.ANSWER.maxBytes();

    private static final long IDLE_SECONDS = 10;

    private static final Log LOG = Log.of(Answers.class);

    /** What each process answers: the stacks of all its threads. */
    private static final String THREADS_QUESTION = "threads";

    private static final Map<String, Answer> ANSWERS = new ConcurrentHashMap<>();

    /** Those that are connected. */
    private static final Set<Asker> ASKERS = ConcurrentHashMap.newKeySet();

    private Answers() {}

    /** Holds the threads, which are made for the first question. */
    private static final class Threads {

        static final ThreadPoolExecutor POOL =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(MAX_LINKS * MAX_OPEN_QUESTIONS),
                        body -> {
                            Thread thread = new Thread(body, "procession-answers");
                            thread.setDaemon(true);
                            return thread;
                        });

        static {
            POOL.allowCoreThreadTimeOut(true);
        }

        private Threads() {}
    }

    /** Has a question answered from now on; a later answer to the same question replaces it. */
    public static void provide(String question, Answer answer) {
        ANSWERS.put(question, answer);
    }

    /** Takes over the link of a process that asks; runs on the link server's thread. */
    static void accepted(SelectionKey key) {
        if (ASKERS.size() >= MAX_LINKS) {
            Asker idle = Collections.min(ASKERS, Comparator.comparingLong(one -> one.askedAt));
            idle.link.close();
        }
        Asker asker = new Asker();
        ASKERS.add(asker);
        key.attach(asker.link);
        asker.link.connect(key);
    }

    /** Ends the links of those that have not read their answers, if these take much memory. */
    private static void makeRoom() {
        long bytes = 0;
        for (Asker asker : ASKERS) {
            bytes += asker.link.unsentBytes();
        }
        if (bytes > MAX_UNREAD_BYTES) {
            for (Asker asker : ASKERS) {
                if (asker.link.unsentBytes() > 0) {
                    asker.link.close();
                }
            }
        }
    }

    /** Returns the payload of a QUESTION. */
    static byte[] question(String name, List<String> arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, name);
            out.writeInt(arguments.size());
            for (String argument : arguments) {
                write(out, argument);
            }
        } catch (IOException e) {
            throw new AssertionError("an array takes all bytes", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new ProtocolException("a question is cut short: length=" + length);
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** One process that asks. */
    private static final class Asker implements FrameLink.Listener {

        final FrameLink link = new FrameLink(this);
        private final AtomicInteger openQuestions = new AtomicInteger();

        /** Answers go in the order of their questions: one thread at a time makes them. */
        private final LinkedBlockingQueue<byte[]> questions = new LinkedBlockingQueue<>();

        /** When it asked last. */
        private volatile long askedAt = System.nanoTime();

        @Override
        public void received(Frame frame) throws IOException {
            askedAt = System.nanoTime();
            if (frame.type() != FrameType.QUESTION) {
                throw new ProtocolException("expected QUESTION, got " + frame.type());
            }
            questions.add(frame.payload()); // before it counts, for then its answer may begin
            int open = openQuestions.incrementAndGet();
            if (open > MAX_OPEN_QUESTIONS) {
                throw new ProtocolException(
                        "too many questions without an answer: limit=" + MAX_OPEN_QUESTIONS);
            }
            if (open == 1) {
                try {
                    Threads.POOL.execute(this::answerAll);
                } catch (RejectedExecutionException e) {
                    throw new ProtocolException("this process is asked too much", e);
                }
            }
        }

        @Override
        public void ended() {
            ASKERS.remove(this);
        }

        private void answerAll() {
            boolean more = true;
            while (more) {
                byte[] question = questions.remove();
                boolean sent;
                try {
                    if (link.unsentBytes() > 0) {
                        link.close();
                        return;
                    }
                    makeRoom();
                    sent = link.send(new Frame(FrameType.ANSWER, answer(question)));
                } catch (Throwable e) { // no memory for the answer, say
                    LOG.report(Level.WARNING, "a question could not be answered", e);
                    link.close();
                    return;
                }
                more = openQuestions.decrementAndGet() > 0 && sent;
            }
        }

        private static byte[] answer(byte[] question) throws IOException {
            try {
                DataInputStream in = new DataInputStream(new ByteArrayInputStream(question));
                String name = read(in);
                int count = in.readInt();
                if (count < 0 || count > in.available()) {
                    throw new ProtocolException("a question is cut short: arguments=" + count);
                }
                List<String> arguments = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    arguments.add(read(in));
                }
                byte[] bytes;
                Answer answer = ANSWERS.get(name);
                if (answer != null) {
                    bytes = answer.to(name, arguments);
                } else if (name.equals(KNOWN_QUESTIONS)) {
                    List<String> known = new ArrayList<>(ANSWERS.keySet());
                    known.add(COMMAND_QUESTION);
                    bytes = String.join("\n", known).getBytes(StandardCharsets.UTF_8);
                } else if (name.equals(COMMAND_QUESTION)) {
                    String command = System.getProperty("sun.java.command", "");
                    bytes = command.getBytes(StandardCharsets.UTF_8);
                } else if (name.equals(THREADS_QUESTION)) {
                    bytes = ThreadDump.now().getBytes(StandardCharsets.UTF_8);
                } else {
                    return failure("this process has no answer to the question: question=" + name);
                }
                if (bytes.length >= FrameType.ANSWER.maxBytes()) {
                    return failure("the answer is too long: bytes=" + bytes.length);
                }
                return answered(bytes);
            } catch (Exception e) {
                return failure(e.getMessage() == null ? e.toString() : e.getMessage());
            }
        }

        private static byte[] answered(byte[] bytes) {
            return payload(ANSWERED, bytes);
        }

        private static byte[] failure(String reason) {
            return payload(FAILED, reason.getBytes(StandardCharsets.UTF_8));
        }

        private static byte[] payload(byte first, byte[] rest) {
            byte[] payload = new byte[1 + rest.length];
            payload[0] = first;
            System.arraycopy(rest, 0, payload, 1, rest.length);
            return payload;
        }
    }
}
