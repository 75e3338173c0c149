package dev.procession.core.codec;

import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;

/** The captured arguments of a serialisable lambda, as steps of an {@link ObstacleSearch}. */
final class LambdaEdges {

    private LambdaEdges() {}

    /** Adds the captured arguments; returns false if the value is no lambda that can be opened. */
    static boolean add(ObstacleSearch search, GraphNode node) {
        LambdaShape shape = LambdaShape.of(node.value());
        SerializedLambda parts = shape == null ? null : shape.takeApart(node.value());
        if (parts == null) {
            return false;
        }
        int receivers = hasReceiver(parts) ? 1 : 0;
        for (int i = 0; i < parts.getCapturedArgCount(); i++) {
            Object argument = parts.getCapturedArg(i);
            if (argument == null) {
                continue;
            }
            String type = " (" + TypeNames.full(argument.getClass()) + ")";
            if (i < receivers) {
                boolean body = parts.getImplMethodName().startsWith("lambda$");
                String label = body ? "captured this" : "receiver of the method reference";
                GraphNode.Advice advice = body ? GraphNode.Advice.THIS : GraphNode.Advice.ARGUMENT;
                search.add(node, argument, label + type, advice);
            } else {
                int number = i - receivers + 1;
                search.add(
                        node,
                        argument,
                        "captured argument " + number + type,
                        GraphNode.Advice.ARGUMENT);
            }
        }
        return true;
    }

    private static boolean hasReceiver(SerializedLambda parts) {
        return switch (parts.getImplMethodKind()) {
            case MethodHandleInfo.REF_invokeVirtual,
                    MethodHandleInfo.REF_invokeSpecial,
                    MethodHandleInfo.REF_invokeInterface ->
                    true;
            default -> false;
        };
    }
}
