using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Server.Tests.Secrets;

/// <summary>The server as a process of its own, so that its memory can be searched apart from the test's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address) =>
        (_process, Http) = (process, new HttpClient { BaseAddress = address });

    public HttpClient Http { get; }

    /// <summary>Starts on this ground and waits for the line that says where it listens.</summary>
    public static async Task<ServerProcess> Start(TestGround ground)
    {
        string[] arguments =
        [
            typeof(House).Assembly.Location,
            "--data",
            ground.Folder,
            "--store",
            await ground.Store(),
            "--urls",
            "http://127.0.0.1:0",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["SLUICE_ADMIN_API_KEY"] = SecretHouse.AdminKey;
        var process = Process.Start(start)!;
        const string marker = " listens on ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(marker, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServerProcess(
                    process,
                    new Uri(
                        line[(line.IndexOf(marker, StringComparison.Ordinal) + marker.Length)..]
                    )
                );
            }
        }
        throw new InvalidOperationException("The server ended before it listened.");
    }

    /// <summary>
    /// The forms (UTF-8, UTF-16, base64, hexadecimal) in which a text lies anywhere in the process's memory; empty when in none.
    /// </summary>
    public IReadOnlyList<string> FormsInMemory(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var forms = new Dictionary<string, byte[]>
        {
            ["UTF-8"] = bytes,
            ["UTF-16"] = Encoding.Unicode.GetBytes(text),
            ["hexadecimal"] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)),
        };
        // What base64 makes of a text depends on how many bytes stand before it; its ends depend on the neighbours.
        for (var before = 0; before < 3; before++)
        {
            var base64 = Convert.ToBase64String([.. new byte[before], .. bytes]);
            forms[$"base64, {before} before"] = Encoding.ASCII.GetBytes(
                base64[(before == 0 ? 0 : 4)..^4]
            );
        }
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var block in Blocks())
            found.UnionWith(
                forms.Where(form => block.Span.IndexOf(form.Value) >= 0).Select(form => form.Key)
            );
        return [.. found];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>All readable memory, a piece at a time, each overlapping the one before.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Blocks()
    {
        const int piece = 4 << 20;
        const int overlap = 4 << 10;
        var buffer = new byte[piece + overlap];
        using var memory = File.OpenHandle($"/proc/{_process.Id}/mem");
        foreach (var map in File.ReadLines($"/proc/{_process.Id}/maps"))
        {
            if (
                map.Split(' ') is not [var range, ['r', ..], ..]
                || range.Split('-') is not [var first, var last]
            )
                continue;
            var (from, to) = (
                ulong.Parse(first, NumberStyles.HexNumber),
                ulong.Parse(last, NumberStyles.HexNumber)
            );
            for (var at = from; at < to && at < long.MaxValue; at += piece)
            {
                var wanted = (int)Math.Min((ulong)buffer.Length, to - at);
                if (Read(memory, buffer.AsSpan(0, wanted), (long)at) is var length and > 0)
                    yield return buffer.AsMemory(0, length);
            }
        }
    }

    // Maps of devices and pages that are gone cannot be read; there is nothing of the server's in them.
    private static int Read(
        Microsoft.Win32.SafeHandles.SafeFileHandle memory,
        Span<byte> buffer,
        long at
    )
    {
        try
        {
            return RandomAccess.Read(memory, buffer, at);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
