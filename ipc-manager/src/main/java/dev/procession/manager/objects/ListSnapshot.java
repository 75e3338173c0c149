package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import dev.procession.manager.stream.Client;
import java.util.List;

/** A list as it was at one moment, read page by page while the list changes. */
final class ListSnapshot extends OpenSnapshot {

    private final ListOldContent oldContent;
    private final List<ByteString> elements;
    private final long had;
    private final long goneBefore;
    private int next;

    ListSnapshot(long number, Client client, ListOldContent oldContent, List<ByteString> elements) {
        super(number, client);
        this.oldContent = oldContent;
        this.elements = elements;
        this.had = oldContent.has();
        this.goneBefore = oldContent.gone();
    }

    /** Returns a snapshot at the same position in a copy that does not change. */
    ListSnapshot of(List<ByteString> copy) {
        ListSnapshot same = new ListSnapshot(number(), client(), oldContent, copy);
        same.next = next;
        oldContent.began(same);
        return same;
    }

    /** How many bytes the list had at that moment. */
    long had() {
        return had;
    }

    /** How many bytes had gone from the list before. */
    long goneBefore() {
        return goneBefore;
    }

    @Override
    boolean keepsContent() {
        return oldContent.gone() > goneBefore;
    }

    @Override
    int release(int most) {
        oldContent.ended(this);
        return 0;
    }

    /** Adds the next page to an answer, which tells whether there is another one. */
    void page(Response.Builder response, Page page) {
        while (next < elements.size() && page.add(elements.get(next).size())) {
            response.addValues(elements.get(next++));
        }
        response.setMore(next < elements.size());
    }
}
