using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice.Server.Tests.Secrets;

/// <summary>The server as a process of its own, so that its memory can be searched apart from the test's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output;

    private ServerProcess(Process process, StringBuilder output, Uri address) =>
        (_process, _output, Address) = (process, output, address);

    public Uri Address { get; }

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts on this ground and waits for the line that says where it listens.</summary>
    /// <param name="environment">Variables beside those that it has anyway.</param>
    public static async Task<ServerProcess> Start(
        TestGround ground,
        IReadOnlyDictionary<string, string>? environment = null
    )
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
            .. TestHouse.Unlimited,
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SLUICE_ADMIN_API_KEY"] = TestHouse.AdminKey;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        var listens = new TaskCompletionSource<Uri>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(
            process,
            output,
            await listens.Task.WaitAsync(TimeSpan.FromMinutes(3))
        );

        void Note(string? line)
        {
            lock (output)
                output.AppendLine(line);
            const string marker = " listens on ";
            if (line?.IndexOf(marker, StringComparison.Ordinal) is { } at and >= 0)
                listens.TrySetResult(new Uri(line[(at + marker.Length)..]));
        }
    }

    /// <summary>
    /// The forms (UTF-8, UTF-16, base64, hexadecimal) in which a text lies anywhere in the process's memory; empty when in none.
    /// </summary>
    public IReadOnlyList<string> FormsInMemory(string text) => FormsInMemory(_process.Id, text);

    /// <summary>The same of another process. Skips the test where it cannot be looked at, so that this comes last.</summary>
    public static IReadOnlyList<string> FormsInMemory(int process, string text)
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess,
            "A server keeps its memory from its own user: root alone can search it."
        );
        var forms = Forms(text);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var block in Blocks(process))
            found.UnionWith(
                forms.Where(form => block.Span.IndexOf(form.Value) >= 0).Select(form => form.Key)
            );
        return [.. found];
    }

    /// <summary>How a text can be written in bytes: UTF-8, UTF-16, hexadecimal, base64, URL-encoded.</summary>
    public static Dictionary<string, byte[]> Forms(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var forms = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["UTF-8"] = bytes,
            ["UTF-16"] = Encoding.Unicode.GetBytes(text),
            ["hexadecimal"] = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)),
            ["HEXADECIMAL"] = Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)),
            ["URL-encoded"] = Encoding.ASCII.GetBytes(Uri.EscapeDataString(text)),
        };
        // What base64 makes of a text depends on how many bytes stand before it; its ends depend on the neighbours.
        for (var before = 0; before < 3; before++)
        {
            var base64 = Convert.ToBase64String([.. new byte[before], .. bytes]);
            forms[$"base64, {before} before"] = Encoding.ASCII.GetBytes(
                base64[(before == 0 ? 0 : 4)..^4]
            );
        }
        return forms;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>All readable memory, a piece at a time, each overlapping the one before.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(int process)
    {
        const int piece = 4 << 20;
        const int overlap = 4 << 10;
        var buffer = new byte[piece + overlap];
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        foreach (var map in File.ReadLines($"/proc/{process}/maps"))
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
