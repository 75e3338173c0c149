package dev.procession.bench.rival.manager;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hazelcast's IMap: one member in a child process, called by a client over loopback. */
public final class HazelcastRival implements Rival {

    private static final String HOST = "127.0.0.1";
    private static final String KEY = "key:1";
    private static final String VALUE = "value of a small entry";

    private final String name;
    private final boolean puts;
    private @Nullable Pipe<Integer> pipe;
    private @Nullable ChildProcess<Void> child;
    private @Nullable HazelcastInstance client;
    private String version = "";

    public HazelcastRival(String name, boolean puts) {
        this.name = name;
        this.puts = puts;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void open() throws InterruptedException {
        Pipe<Integer> made = Pipe.open();
        Connection<Integer> theirs = made.second();
        child = Children.builder().start(() -> serve(theirs));
        pipe = made;
        ClientConfig config = new ClientConfig();
        config.getNetworkConfig().addAddress(HOST + ":" + made.first().receive());
        HazelcastInstance connected = HazelcastClient.newHazelcastClient(config);
        client = connected;
        version =
                "Hazelcast "
                        + connected.getCluster().getMembers().iterator().next().getVersion()
                        + ", loopback";
    }

    private static void serve(Connection<Integer> parent) throws InterruptedException {
        Config config = new Config();
        config.setProperty("hazelcast.phone.home.enabled", "false");
        NetworkConfig network = config.getNetworkConfig();
        network.getInterfaces().setEnabled(true).addInterface(HOST);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        parent.send(member.getCluster().getLocalMember().getAddress().getPort());
        try {
            parent.receive();
        } catch (EndOfPipeException e) {
            member.shutdown();
        }
    }

    @Override
    public Set<Long> servers() {
        return child == null ? Set.of() : Set.of(child.pid());
    }

    @Override
    public Figure measure(int amount) throws Exception {
        HazelcastInstance connected = client;
        if (connected == null) {
            throw new IllegalStateException("not open: " + name);
        }
        IMap<String, String> map = connected.getMap("bench");
        map.put(KEY, VALUE);
        return Latencies.of(
                amount,
                number ->
                        ManagerWork.require(
                                VALUE.equals(puts ? map.put(KEY, VALUE) : map.get(KEY))));
    }

    @Override
    public void close() throws InterruptedException {
        if (client != null) {
            client.shutdown();
        }
        if (pipe != null && child != null) {
            pipe.first().close();
            child.join();
            child.close();
            pipe.close();
        }
    }
}
