namespace Sluice.Runner.Sandbox;

/// <summary>How many threads a user has, since the kernel's limit counts them all.</summary>
internal static class UserThreads
{
    public static long Count(uint user)
    {
        long threads = 0;
        foreach (
            var process in Directory
                .EnumerateDirectories("/proc")
                .Where(path => char.IsAsciiDigit(path[6]))
        )
        {
            try
            {
                var status = File.ReadAllLines(Path.Combine(process, "status"));
                if (Field(status, "Uid:") == user)
                    threads += Field(status, "Threads:");
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }
        return threads;
    }

    private static long Field(string[] status, string name)
    {
        var line = status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.TryParse(line?.Split('\t', ' ')[1], out var value) ? value : 0;
    }
}
