using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Bench;

/// <summary>What one window of load came to.</summary>
/// <param name="Bad">Answers of status 400 and above, and errors of the connection.</param>
internal sealed record Window(double PerSecond, double P50Ms, double P99Ms, long Bad)
{
    /// <summary>Microseconds of processor time that the server's own process used for each answer; 0 when not known.</summary>
    public double CpuUs { get; init; }

    /// <summary>The same of PostgreSQL's processes; 0 when there is none behind the server.</summary>
    public double StoreCpuUs { get; init; }

    /// <summary>Of windows of the same load: the one in the middle by requests per second, and all that failed.</summary>
    public static Window Median(IReadOnlyCollection<Window> windows) =>
        windows.OrderBy(window => window.PerSecond).ElementAt(windows.Count / 2) with
        {
            Bad = windows.Sum(window => window.Bad),
        };
}

/// <summary>One kind of request for <c>wrk</c>. Credentials are in the script, a file of mode 0600, and on no command line.</summary>
internal sealed class Wrk
{
    private readonly string _script;
    private readonly string _url;
    private readonly int _pid;
    private readonly int? _store;

    /// <param name="place">Where the script is kept.</param>
    /// <param name="pid">The server's process, whose processor time is watched.</param>
    /// <param name="url">With the path.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="keys">Bearer keys, used in turn; none for no credential.</param>
    /// <param name="body">JSON, or null.</param>
    /// <param name="bodies">JSON used in turn instead, as many as there are keys.</param>
    /// <param name="store">PostgreSQL's first process, to watch its time too.</param>
    public Wrk(
        BenchPlace place,
        int pid,
        string url,
        string method,
        IReadOnlyList<string> keys,
        string? body = null,
        int? store = null,
        IReadOnlyList<string>? bodies = null
    )
    {
        (_pid, _url, _store) = (pid, url, store);
        _script = place.NewFile("load.lua", Script(method, keys, body, bodies ?? []));
    }

    /// <summary>Warms up, so that compilers and caches have settled.</summary>
    public Task Warm(int connections, double seconds) => Run(connections, seconds);

    public async Task<Window> Run(int connections, double seconds)
    {
        var start = new ProcessStartInfo(
            "wrk",
            [
                "-t1",
                $"-c{connections}",
                // wrk takes whole seconds.
                $"-d{Math.Max(1, (int)Math.Round(seconds))}s",
                "--timeout",
                "10s",
                "-s",
                _script,
                _url,
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var used = Machine.CpuTime(_pid);
        var stored = StoreTime();
        using var wrk = Process.Start(start)!;
        var errors = wrk.StandardError.ReadToEndAsync();
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        used = Machine.CpuTime(_pid) - used;
        stored = StoreTime() - stored;
        var line = output.Split('\n').LastOrDefault(text => text.StartsWith('{'));
        if (wrk.ExitCode != 0 || line is null)
            throw new InvalidOperationException($"wrk failed: {output}{await errors}");
        using var json = JsonDocument.Parse(line);
        double Number(string name) => json.RootElement.GetProperty(name).GetDouble();
        return new Window(
            Number("requests") / Number("us") * 1e6,
            Number("p50") / 1000,
            Number("p99") / 1000,
            (long)Number("bad")
        )
        {
            CpuUs = used.TotalMicroseconds / Math.Max(1, Number("requests")),
            StoreCpuUs = stored.TotalMicroseconds / Math.Max(1, Number("requests")),
        };
    }

    private TimeSpan StoreTime() =>
        _store is { } store ? Machine.FamilyCpuTime(store) : TimeSpan.Zero;

    // Requests are put together once, in init: the load program must not be what is measured.
    private static string Script(
        string method,
        IReadOnlyList<string> keys,
        string? body,
        IReadOnlyList<string> bodies
    )
    {
        var lua = new StringBuilder("local requests = {}\nlocal at = 0\n");
        lua.Append(
            CultureInfo.InvariantCulture,
            $"local keys = {{{string.Join(',', keys.Select(key => $"\"{key}\""))}}}\n"
        );
        lua.Append(CultureInfo.InvariantCulture, $"wrk.method = \"{method}\"\n");
        lua.Append(
            CultureInfo.InvariantCulture,
            $"local bodies = {{{string.Join(',', bodies.Select(each => $"[==[{each}]==]"))}}}\n"
        );
        if (bodies.Count > 0)
            lua.Append("wrk.headers[\"Content-Type\"] = \"application/json\"\n");
        if (body is not null)
            lua.Append(
                CultureInfo.InvariantCulture,
                $"wrk.body = [==[{body}]==]\nwrk.headers[\"Content-Type\"] = \"application/json\"\n"
            );
        lua.Append(
            """
            function init(args)
              if #keys == 0 then requests[1] = wrk.format() end
              for i, key in ipairs(keys) do
                wrk.headers["Authorization"] = "Bearer " .. key
                if bodies[i] then wrk.body = bodies[i] end
                requests[i] = wrk.format()
              end
            end
            function request()
              at = at % #requests + 1
              return requests[at]
            end
            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format('\n{"requests":%d,"us":%d,"p50":%d,"p99":%d,"bad":%d}\n', summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
            end

            """
        );
        return lua.ToString();
    }
}
