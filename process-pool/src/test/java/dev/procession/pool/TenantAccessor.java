package dev.procession.pool;

import io.micrometer.context.ThreadLocalAccessor;

/** A thread local that Micrometer's context propagation knows; a service of the tests. */
public final class TenantAccessor implements ThreadLocalAccessor<String> {

    static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    @Override
    public Object key() {
        return "tenant";
    }

    @Override
    public String getValue() {
        return TENANT.get();
    }

    @Override
    public void setValue(String value) {
        TENANT.set(value);
    }

    @Override
    public void setValue() {
        TENANT.remove();
    }
}
