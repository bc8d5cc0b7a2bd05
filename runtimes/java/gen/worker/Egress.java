package gen.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Leads from the loopback of this sandbox to the one socket that leads out of it. Java's own clients look for their
 * proxy in properties and not in the environment, so it is put there.
 */
final class Egress {
    private static final int PORT = 3128;
    private static final int MAX_CONNECTIONS = 32;

    private Egress() {}

    static void start(String path) throws IOException {
        System.setProperty("https.proxyHost", "127.0.0.1");
        System.setProperty("https.proxyPort", Integer.toString(PORT));
        ServerSocketChannel listener = ServerSocketChannel.open(java.net.StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), PORT), MAX_CONNECTIONS);
        run(() -> accept(listener, UnixDomainSocketAddress.of(path)));
    }

    private static void accept(ServerSocketChannel listener, UnixDomainSocketAddress way) {
        while (true) {
            try {
                SocketChannel inner = listener.accept();
                try {
                    SocketChannel outer = SocketChannel.open(way);
                    run(() -> pass(inner, outer));
                    run(() -> pass(outer, inner));
                } catch (IOException e) {
                    inner.close();
                }
            } catch (IOException e) {
                // That connection is gone; the next may be better.
            }
        }
    }

    /** Copies to the end of one side, and says it to the other. */
    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) to.write(buffer);
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(null, work, "egress", 256 << 10);
        thread.setDaemon(true);
        thread.start();
    }
}
