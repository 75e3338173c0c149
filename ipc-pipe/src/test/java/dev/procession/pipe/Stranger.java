package dev.procession.pipe;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program of another user that connects to a listener and prints the answer. */
final class Stranger {

    private Stranger() {}

    /** Connects to the address that is its argument. */
    public static void main(String[] args) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1000);
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
            while (channel.read(answer) >= 0) {
                // until the listener closes the connection
            }
        }
        answer.flip();
        System.out.println("answer: " + StandardCharsets.UTF_8.decode(answer));
    }
}
