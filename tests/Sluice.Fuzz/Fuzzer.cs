using System.Diagnostics;
using System.Text;

namespace Sluice.Fuzz;

/// <summary>Something that reads what strangers write.</summary>
/// <param name="Read">
/// Answers whether the input was accepted. Whatever it throws is a finding: a reader answers with mistakes.
/// </param>
/// <param name="Words">What inputs of this kind are made of, to put into them.</param>
internal sealed record Target(
    string Name,
    Func<string, bool> Read,
    IReadOnlyList<string> Seeds,
    IReadOnlyList<string> Words
);

/// <param name="Failure">What went wrong first; null when nothing did.</param>
internal sealed record FuzzReport(string Text, string? Failure);

/// <summary>
/// Mutates inputs that are fine and reads them, again and again. An input that is accepted though it was mutated is
/// mutated further. An exception, a contradiction or a read that takes too long is a failure, and its input is kept.
/// The input being read is in a file all the time, so that it is there also when the process dies of it.
/// </summary>
internal static class Fuzzer
{
    /// <summary>Readers are bounded: nothing of at most a mebibyte takes as long, also on a busy machine.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    private const int Most = 400;

    public static FuzzReport Run(Target target, int seed, TimeSpan time, string folder)
    {
        var random = new Random(seed);
        var mutator = new Mutator(random, target.Words);
        var pool = new List<string>(target.Seeds);
        var watch = Stopwatch.StartNew();
        using var last = new FileStream(
            Path.Combine(folder, $"{target.Name}.last"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.Read,
            bufferSize: 0
        );
        using var watchdog = new Watchdog(target.Name, last.Name, Hang);
        var (read, accepted) = (0, 0);
        while (watch.Elapsed < time)
        {
            var input = read < target.Seeds.Count ? target.Seeds[read] : mutator.Mutate(pool);
            Keep(last, input);
            watchdog.Begin();
            try
            {
                if (target.Read(input))
                {
                    accepted++;
                    if (pool.Count < Most)
                        pool.Add(input);
                    else
                        pool[random.Next(target.Seeds.Count, Most)] = input;
                }
            }
            catch (Exception error)
            {
                var path = Path.Combine(folder, $"{target.Name}.failed");
                File.WriteAllText(path, input);
                return new FuzzReport(
                    $"✗ {target.Name}: input {read} of seed {seed} ({path}): {error}",
                    error.Message
                );
            }
            watchdog.End();
            read++;
        }
        return new FuzzReport(
            $"✓ {target.Name}: {read} inputs in {watch.Elapsed.TotalSeconds:F0} s, {accepted} of them accepted",
            null
        );
    }

    private static void Keep(FileStream last, string input)
    {
        last.SetLength(0);
        last.Position = 0;
        last.Write(Encoding.UTF8.GetBytes(input));
    }

    /// <summary>Ends the process when one read takes too long: there is no other way to leave it.</summary>
    private sealed class Watchdog : IDisposable
    {
        private readonly Timer _timer;
        private long _began;

        public Watchdog(string target, string path, TimeSpan limit) =>
            _timer = new Timer(
                _ =>
                {
                    var began = Interlocked.Read(ref _began);
                    if (began == 0 || Stopwatch.GetElapsedTime(began) < limit)
                        return;
                    Console.WriteLine(
                        $"✗ {target}: an input took more than {limit.TotalSeconds} s ({path})"
                    );
                    Environment.Exit(1);
                },
                null,
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(1)
            );

        public void Begin() => Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());

        public void End() => Interlocked.Exchange(ref _began, 0);

        public void Dispose() => _timer.Dispose();
    }
}
