package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import java.util.List;

/** A list as it was at one moment, read page by page while the list changes. */
final class ListSnapshot extends OpenSnapshot {

    private final List<ByteString> elements;
    private int next;

    ListSnapshot(long number, Client client, List<ByteString> elements) {
        super(number, client);
        this.elements = elements;
    }

    /** Returns a snapshot at the same position in a copy that does not change. */
    ListSnapshot of(List<ByteString> copy) {
        ListSnapshot same = new ListSnapshot(number(), client(), copy);
        same.next = next;
        return same;
    }

    /** Adds the next page to an answer, which tells whether there is another one. */
    void page(Response.Builder response, Page page) {
        while (next < elements.size() && page.add(elements.get(next).size())) {
            response.addValues(elements.get(next++));
        }
        response.setMore(next < elements.size());
    }
}
