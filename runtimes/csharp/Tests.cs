#nullable enable
using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Axiom.Runtime;

/// <summary>
/// Runs a package's tests without any package: in each public class whose name ends in Test or Tests, every public
/// method without parameters is a test on a fresh instance, and fails by throwing.
/// </summary>
internal static class Tests
{
    private static int Main()
    {
        var tests = typeof(Tests)
            .Assembly.GetTypes()
            .Where(type => type is { IsPublic: true, IsAbstract: false } && (type.Name.EndsWith("Test") || type.Name.EndsWith("Tests")))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                    .Where(method => method.GetParameters().Length == 0 && !method.IsSpecialName && method.Name != "Dispose")
            )
            .ToList();
        var failed = tests.Count(test => !Passes(test));
        Console.WriteLine($"{tests.Count} tests, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static bool Passes(MethodInfo test)
    {
        var name = $"{test.DeclaringType!.Name}.{test.Name}";
        var clock = Stopwatch.StartNew();
        object? instance = null;
        try
        {
            instance = Activator.CreateInstance(test.DeclaringType);
            var result = test.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, null, null);
            if (result is Task task)
                task.GetAwaiter().GetResult();
            else if (result is ValueTask value)
                value.AsTask().GetAwaiter().GetResult();
            Console.WriteLine($"passed {name} ({clock.ElapsedMilliseconds} ms)");
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"FAILED {name}: {e}");
            return false;
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }
}
