package dev.procession.bench;

import dev.procession.bench.race.Comparison;
import dev.procession.testing.WarmUp;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Starts the threads and opens the fonts that rivals and plots keep for the whole JVM. */
public final class PeersWarmUp implements WarmUp {

    /** Used by the watcher. */
    public PeersWarmUp() {}

    @Override
    public void run() {
        Catalogue.comparisons().forEach(Comparison::rivals);
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        for (int style : new int[] {Font.PLAIN, Font.BOLD}) {
            graphics.setFont(new Font(Font.SANS_SERIF, style, 12));
            graphics.drawString("plot", 0, 0);
        }
        graphics.dispose();
    }
}
