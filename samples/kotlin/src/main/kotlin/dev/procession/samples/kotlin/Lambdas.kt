package dev.procession.samples.kotlin

import dev.procession.core.SerializableCallable
import dev.procession.pool.ProcessPoolExecutor
import dev.procession.pool.TaskFuture
import java.io.Serializable

/**
 * Submits a lambda. The pool's `submit` takes lambdas of five kinds, among which Kotlin cannot choose;
 * an extension of one kind can be called as Kotlin calls its own.
 */
fun <V : Any> ProcessPoolExecutor.task(body: SerializableCallable<V>): TaskFuture<V> = submit(body)

/** The types that are sent, to the worker and back. */
data class Point(val x: Int, val y: Int) : Serializable

/** Runs lambdas in worker processes, and returns their results. */
fun lambdas(): List<Any?> =
    ProcessPoolExecutor(2).use { pool ->
        val six = 6
        val corner = Point(1, 2)
        val answer = pool.task { six * 7 }
        val mirrored = pool.task { corner.copy(x = corner.y, y = corner.x) }
        val elsewhere = pool.task { ProcessHandle.current().pid() }
        listOf(
            answer.get(),
            mirrored.get(),
            elsewhere.get() != ProcessHandle.current().pid(),
            pool.map({ n: Int -> n * n }, listOf(1, 2, 3)).toList(),
        )
    }

fun main() {
    lambdas().forEach(::println)
}
