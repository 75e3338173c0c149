package dev.procession.pipe;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program of another user that connects to a listener and prints what it is told. */
final class Stranger {

    private Stranger() {}

    /** Takes the address. */
    public static void main(String[] args) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1000);
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
            while (channel.read(answer) >= 0) {
                // until the listener hangs up
            }
        }
        answer.flip();
        System.out.println("told: " + StandardCharsets.UTF_8.decode(answer));
    }
}
