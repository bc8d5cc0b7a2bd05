#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Axiom.Testing;

/// <summary>
/// Marks a public method without parameters as a test; it may return a task. Methods of public classes whose name ends
/// with Test or Tests are tests without it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestAttribute : Attribute;

/// <summary>What a test expected did not happen.</summary>
public sealed class AssertionException(string message) : Exception(message);

public static class Assert
{
    public static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new AssertionException($"expected {Show(expected)}, found {Show(actual)}");
    }

    public static void True(bool condition, string message = "expected true")
    {
        if (!condition)
            throw new AssertionException(message);
    }

    public static void False(bool condition, string message = "expected false") =>
        True(!condition, message);

    public static TException Throws<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            return e;
        }

        throw new AssertionException($"expected {typeof(TException).Name}, nothing was thrown");
    }

    private static string Show(object? value) =>
        value is string text ? $"\"{text}\"" : value?.ToString() ?? "null";
}

/// <summary>A stand-in for the context, with values to find and the lines that were logged.</summary>
public sealed class TestContext(
    IReadOnlyDictionary<string, string>? secrets = null,
    IReadOnlyDictionary<string, string>? parameters = null
) : IAxiomContext, IAxiomLogger, IAxiomAgent, IAxiomTelemetry
{
    private readonly List<(
        string Level,
        string Message,
        IDictionary<string, string>? Attributes
    )> lines = [];

    /// <summary>What the node logged, in order.</summary>
    public IReadOnlyList<(
        string Level,
        string Message,
        IDictionary<string, string>? Attributes
    )> Lines => lines;

    private readonly List<(
        string Kind,
        string Name,
        double Value,
        IDictionary<string, string>? Attributes
    )> notes = [];

    /// <summary>What the node told of progress, events and measurements, in order.</summary>
    public IReadOnlyList<(
        string Kind,
        string Name,
        double Value,
        IDictionary<string, string>? Attributes
    )> Notes => notes;

    /// <summary>What the node remembers.</summary>
    public TestMemory Remembered { get; } = new();

    public IAxiomAgent Agent() => this;

    public IAxiomTelemetry Telemetry() => this;

    public AxiomMemory Memory() => new(Remembered);

    public void Progress(double fraction, string message = "") =>
        notes.Add(("progress", message, fraction, null));

    public void AddEvent(string name, IDictionary<string, string>? attributes = null) =>
        notes.Add(("event", name, 0, attributes));

    public void Counter(
        string name,
        double value = 1,
        IDictionary<string, string>? attributes = null
    ) => notes.Add(("counter", name, value, attributes));

    public void Histogram(
        string name,
        double value,
        IDictionary<string, string>? attributes = null
    ) => notes.Add(("histogram", name, value, attributes));

    public IAxiomLogger Log() => this;

    public IAxiomSecrets Secrets() => new Values(secrets);

    public IAxiomParams Params() => new Values(parameters);

    public string ExecutionId() => "test-execution";

    public string FlowId() => "test-flow";

    public string TenantId() => "test-tenant";

    public void Debug(string message, IDictionary<string, string>? attributes = null) =>
        lines.Add(("debug", message, attributes));

    public void Info(string message, IDictionary<string, string>? attributes = null) =>
        lines.Add(("info", message, attributes));

    public void Warn(string message, IDictionary<string, string>? attributes = null) =>
        lines.Add(("warn", message, attributes));

    public void Error(string message, IDictionary<string, string>? attributes = null) =>
        lines.Add(("error", message, attributes));

    private sealed class Values(IReadOnlyDictionary<string, string>? values)
        : IAxiomSecrets,
            IAxiomParams
    {
        public (string Value, bool Found) Get(string name) =>
            values is not null && values.TryGetValue(name, out var value)
                ? (value, true)
                : ("", false);
    }
}

/// <summary>Runs every test of the package and says how each went. Ends with 1 when one failed.</summary>
internal static class TestRunner
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static async Task<int> Main()
    {
        var tests = typeof(TestRunner)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(Declared))
            .Where(IsTest)
            .OrderBy(m => $"{m.DeclaringType}.{m.Name}", StringComparer.Ordinal)
            .ToList();
        var failed = 0;
        foreach (var test in tests)
        {
            var why = await Run(test);
            Console.WriteLine(
                $"{test.DeclaringType!.Name}.{test.Name} ... {(why is null ? "ok" : "FAIL")}"
            );
            if (why is null)
                continue;
            failed++;
            Console.WriteLine("    " + why.Replace("\n", "\n    "));
        }

        Console.WriteLine(
            tests.Count == 0 ? "no tests were found" : $"{tests.Count} tests, {failed} failed"
        );
        return failed == 0 ? 0 : 1;
    }

    private static bool IsTest(MethodInfo method)
    {
        if (method.GetCustomAttribute<TestAttribute>() is not null)
            return true;
        var type = method.DeclaringType!;
        return type.IsPublic
            && (
                type.Name.EndsWith("Test", StringComparison.Ordinal)
                || type.Name.EndsWith("Tests", StringComparison.Ordinal)
            )
            && method is { IsSpecialName: false, IsGenericMethod: false }
            && method.GetParameters().Length == 0
            && (
                method.ReturnType == typeof(void) || method.ReturnType.IsAssignableTo(typeof(Task))
            );
    }

    private static async Task<string?> Run(MethodInfo test)
    {
        try
        {
            var instance = test.IsStatic ? null : Activator.CreateInstance(test.DeclaringType!);
            if (test.Invoke(instance, null) is Task task)
                await task;
            return null;
        }
        catch (Exception e)
        {
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            return cause is AssertionException ? cause.Message : cause.ToString();
        }
    }
}
