package dev.procession.core.life;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/**
 * Looks up the providers of a service in the modules of Procession, in any process. It opens the
 * jars of the class path, so it is not for the way to a first result.
 */
public final class Services {

    /** The lookup ends after so many steps, because a class loader may fail at each of them. */
    private static final int MOST_STEPS = 16;

    private Services() {}

    /**
     * Makes all providers, in the order of the class path.
     *
     * @param failed gets the failure of each provider that cannot be made, and is left out
     */
    public static <T> List<T> load(
            Class<T> service, Consumer<? super ServiceConfigurationError> failed) {
        List<T> made = new ArrayList<>();
        Iterator<T> provided = ServiceLoader.load(service, service.getClassLoader()).iterator();
        for (int step = 0; step < MOST_STEPS; step++) {
            try {
                if (!provided.hasNext()) {
                    break;
                }
                made.add(provided.next());
            } catch (ServiceConfigurationError e) {
                failed.accept(e);
            }
        }
        return made;
    }
}
